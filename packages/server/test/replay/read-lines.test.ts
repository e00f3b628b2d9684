import { readdirSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLines } from '../../src/sources/read-lines.ts';
import { drained, fileOf, missingFile } from './files.ts';

/** What createReadStream reads at once; gunzip gives a quarter of it. */
const CHUNK_BYTES = 65_536;

async function linesOf(path: string, lineCharsMax?: number): Promise<string[]> {
  const { items, error } = await drained(readLines(path, lineCharsMax));
  if (error !== null) throw error;
  return items;
}

/** Noise that gzip cannot shrink, so that cutting the file cuts the text. */
function incompressible(bytes: number): string {
  let word = 1;
  return Array.from({ length: bytes }, (_, i) => {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
    return i % 100 === 99 ? '\n' : String.fromCharCode(33 + ((word >>> 16) % 90));
  }).join('');
}

describe.each([
  ['plain', 'x.ndjson', (text: string) => Buffer.from(text)],
  ['gz', 'x.ndjson.gz', (text: string) => gzipSync(text)],
])('lines of a %s file', (_, name, pack) => {
  test.each([
    ['nothing', '', []],
    ['one line', 'a\n', ['a']],
    ['a last line without its end', 'a\nb', ['a', 'b']],
    ['empty lines, which count', '\na\n\n\nb\n\n', ['', 'a', '', '', 'b', '']],
    ['CRLF, also at the last line', 'a\r\n\r\nb\r\n', ['a', '', 'b']],
    ['a carriage return inside', 'a\rb\n', ['a\rb']],
    ['a byte order mark', '\uFEFFa\n', ['a']],
  ])('%s', async (_what, text, lines) => {
    expect(await linesOf(fileOf(name, pack(text)))).toEqual(lines);
  });

  test('characters of several bytes, cut anywhere between chunks', async () => {
    for (const character of ['é', '€', '😀']) {
      for (const at of [CHUNK_BYTES / 4, CHUNK_BYTES]) {
        for (let before = at - 4; before <= at; before++) {
          const line = 'a'.repeat(before) + character;
          expect(await linesOf(fileOf(name, pack(`${line}\n${character}`)))).toEqual([
            line,
            character,
          ]);
        }
      }
    }
  });

  test('a line end cut between chunks', async () => {
    for (let before = CHUNK_BYTES - 2; before <= CHUNK_BYTES; before++) {
      const line = 'a'.repeat(before);
      expect(await linesOf(fileOf(name, pack(`${line}\r\nb\n`)))).toEqual([line, 'b']);
    }
  });

  test('as splitting the whole text gives them, whatever it holds', async () => {
    const part = fc.constantFrom('\n', '\r\n', 'a', '€', '😀', 'x'.repeat(9000), 'é'.repeat(5000));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
        const text = parts.join('');
        const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
        if (lines.at(-1) === '') lines.pop();
        expect(await linesOf(fileOf(name, pack(text)))).toEqual(lines);
      }),
      { numRuns: 40 },
    );
  });

  test('a line over the bound is named by its number; those before it come', async () => {
    const bound = 100;
    const full = 'a'.repeat(bound);
    expect(await linesOf(fileOf(name, pack(`${full}\n${full}`)), bound)).toEqual([full, full]);
    for (const tooLong of [`${full}a`, `${full}a\nb`, 'a'.repeat(3 * CHUNK_BYTES)]) {
      const path = fileOf(name, pack(`one\n${full}\n${tooLong}`));
      const { items, error } = await drained(readLines(path, bound));
      expect(items).toEqual(['one', full]);
      expect(error).toMatchObject({ message: 'line 3 is longer than 100 characters' });
    }
  });

  test('a missing file', async () => {
    const { items, error } = await drained(readLines(missingFile(name)));
    expect(items).toEqual([]);
    expect(error).toMatchObject({ code: 'ENOENT' });
  });

  test.skipIf(process.platform !== 'linux')('a reader that stops closes the file', async () => {
    const path = fileOf(name, pack(incompressible(8 * CHUNK_BYTES)));
    for await (const line of readLines(path)) {
      expect(line.length).toBeGreaterThan(0);
      break;
    }
    while (openFiles().includes(path)) await new Promise((resolve) => setImmediate(resolve));
  });
});

function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // The handle of the listing itself is closed by now.
      return '';
    }
  });
}

describe('a .gz file that is damaged', () => {
  const text = incompressible(4 * CHUNK_BYTES);

  test('cut off: what could be unpacked comes, then the error', async () => {
    const whole = gzipSync(text);
    const { items, error } = await drained(
      readLines(fileOf('x.gz', whole.subarray(0, whole.length / 2))),
    );
    expect(error).toMatchObject({ message: 'unexpected end of file' });
    expect(items.length).toBeGreaterThan(100);
    expect(text.split('\n').slice(0, items.length)).toEqual(items);
  });

  test('a line without end is given up at the bound, not held till the file ends', async () => {
    const whole = gzipSync('a'.repeat(40 * CHUNK_BYTES));
    // The end of the file would tell itself by its own error.
    const path = fileOf('x.gz', whole.subarray(0, -9));
    const { items, error } = await drained(readLines(path, 2 * CHUNK_BYTES));
    expect(items).toEqual([]);
    expect(error).toMatchObject({ message: 'line 1 is longer than 131072 characters' });
  });

  test('a wrong checksum', async () => {
    const bytes = gzipSync(text);
    bytes[bytes.length - 5]! ^= 1;
    const { error } = await drained(readLines(fileOf('x.gz', bytes)));
    expect(error).toMatchObject({ message: 'incorrect data check' });
  });

  test('no gzip at all', async () => {
    const { items, error } = await drained(readLines(fileOf('x.gz', '{"height":1}\n')));
    expect(items).toEqual([]);
    expect(error).toMatchObject({ message: 'incorrect header check' });
  });

  test('several members one after another are one text', async () => {
    const path = fileOf('x.gz', Buffer.concat([gzipSync('a\nb'), gzipSync('c\n')]));
    expect(await linesOf(path)).toEqual(['a', 'bc']);
  });
});
