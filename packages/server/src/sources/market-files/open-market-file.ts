import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { openZipEntry } from './zip-entry.ts';

const ZIP_SIGNATURE = Uint8Array.of(0x50, 0x4b);
const GZIP_SIGNATURE = Uint8Array.of(0x1f, 0x8b);

/** The text of a file, unpacked. */
export interface OpenFile {
  /** Names that may tell what is in it: its own, and the one in the zip. */
  readonly names: readonly string[];
  /** The first chunk that is not empty; null: the text is. */
  readonly first: Uint8Array | null;
  /** All of it, with the first chunk. Whoever takes one and then stops lets go of the file. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface Peeked extends Pick<OpenFile, 'first' | 'chunks'> {
  /** Lets go of what was not taken. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a plain, gzipped or zipped text, told apart by its first bytes.
 *
 * @throws what the file system, gunzip or unzip reports, here or while the chunks are taken
 */
export async function openMarketFile(filePath: string): Promise<OpenFile> {
  const name = path.basename(filePath);
  const raw = await peek(createReadStream(filePath));
  if (startsWith(raw.first, ZIP_SIGNATURE)) {
    await raw.close();
    const entry = await openZipEntry(filePath);
    return { names: [name, path.basename(entry.name)], ...(await peek(entry.chunks)) };
  }
  if (startsWith(raw.first, GZIP_SIGNATURE)) {
    // What goes wrong in either ends the gunzip stream with that error, where the reader meets it.
    const text = pipeline(Readable.from(raw.chunks), createGunzip(), () => {});
    return { names: [name], ...(await peek(text)) };
  }
  return { names: [name], ...raw };
}

function startsWith(chunk: Uint8Array | null, signature: Uint8Array): boolean {
  return chunk !== null && signature.every((byte, index) => chunk[index] === byte);
}

async function peek(source: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (next.done !== true && next.value.length === 0) next = await iterator.next();
  const first = next.done === true ? null : next.value;
  return {
    first,
    chunks: firstThenRest(first, iterator),
    close: async () => {
      await iterator.return?.();
    },
  };
}

async function* firstThenRest(
  first: Uint8Array | null,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (first !== null) yield first;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
