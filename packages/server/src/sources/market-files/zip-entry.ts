import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** What macOS adds to a zip by itself. */
const ADDED_BY_MACOS = /^__MACOSX\/|(^|\/)\.DS_Store$/;
const NAMES_SHOWN_MAX = 3;

/** The one file that a zip holds. */
export interface ZipEntry {
  readonly name: string;
  /** Its bytes, unpacked; ends with an Error when they are not those that were packed. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a zip that holds one .csv or .json. Nothing is unpacked before the chunks are taken.
 *
 * @throws Error for a zip that is damaged, encrypted, empty, or holds anything else
 */
export async function openZipEntry(path: string): Promise<ZipEntry> {
  const zip = await openPromise(path, { autoClose: false });
  try {
    const entry = onlyEntry(await filesIn(zip), zip.entryCount);
    return { name: entry.fileName, chunks: unpacked(zip, entry) };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** The first files in it: more than one is one too many. */
async function filesIn(zip: ZipFile): Promise<Entry[]> {
  const files: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') || ADDED_BY_MACOS.test(entry.fileName)) continue;
    files.push(entry);
    if (files.length > NAMES_SHOWN_MAX) break;
  }
  return files;
}

function onlyEntry(files: readonly Entry[], count: number): Entry {
  const [entry, second] = files;
  if (entry === undefined) throw new Error('the zip is empty; allowed: one .csv or .json in it');
  if (second !== undefined) {
    const names = files.slice(0, NAMES_SHOWN_MAX).map(({ fileName }) => fileName);
    const more = files.length > NAMES_SHOWN_MAX ? `, … (${count} entries)` : '';
    throw new Error(
      `the zip holds several files (${names.join(', ')}${more}); allowed: one .csv or .json. ` +
        'Unpack it and give the files',
    );
  }
  if (!/\.(csv|json)$/i.test(entry.fileName)) {
    throw new Error(`the zip holds ${entry.fileName}; allowed: one .csv or .json`);
  }
  if (!entry.canDecodeFileData()) {
    const how = entry.isEncrypted() ? 'encrypted' : 'packed by a method other than deflate';
    throw new Error(`${entry.fileName} in the zip is ${how}; unpack it and give the file`);
  }
  return entry;
}

async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  try {
    const stream = await zip.openReadStreamPromise(entry);
    let sum = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
    // yauzl compares sizes only.
    if (sum !== entry.crc32) throw new Error(`${entry.fileName} in the zip is damaged (checksum)`);
  } finally {
    zip.close();
  }
}
