import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The longest line anyone needs: a transaction of 4 MB in hex. */
const LINE_CHARS_MAX = 16 * 1024 * 1024;

function openFile(path: string): Readable {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file;
  // What goes wrong in either ends the gunzip stream with that error, where the reader meets it.
  return pipeline(file, createGunzip(), () => {});
}

/**
 * The lines of a text file, unpacked where its name ends in .gz, without their ends; empty ones
 * too, so that the index is the line's number less one.
 *
 * @throws what the file system or gunzip reports, or an Error for a line over 16 MB
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of openFile(path) as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (rest.length > LINE_CHARS_MAX) {
      throw new Error(`a line is longer than ${LINE_CHARS_MAX} characters`);
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
