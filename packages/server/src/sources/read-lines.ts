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
 * @throws what the file system or gunzip reports, or an Error for a line over the bound
 */
export function readLines(
  path: string,
  lineCharsMax: number = LINE_CHARS_MAX,
): AsyncGenerator<string> {
  return linesOf(openFile(path), lineCharsMax);
}

/**
 * The lines of UTF-8 text that comes in chunks, as `readLines` gives them.
 *
 * @throws what the chunks end with, or an Error for a line over the bound
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  lineCharsMax: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 1;
  for await (const chunk of chunks) {
    // What is left of the chunks before is not looked through again: long lines stay linear.
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    lines[0] = rest + lines[0]!;
    rest = lines.pop()!;
    for (const line of lines) {
      yield checkedLine(line, number, lineCharsMax);
      number += 1;
    }
    if (rest.length > lineCharsMax) throw tooLong(number, lineCharsMax);
  }
  rest += decoder.decode();
  if (rest !== '') yield checkedLine(rest, number, lineCharsMax);
}

function checkedLine(line: string, number: number, lineCharsMax: number): string {
  if (line.length > lineCharsMax) throw tooLong(number, lineCharsMax);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function tooLong(number: number, lineCharsMax: number): Error {
  return new Error(`line ${number} is longer than ${lineCharsMax} characters`);
}
