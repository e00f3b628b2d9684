import { readdirSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMarketFile } from '../../src/sources/market-files/read-market-file.ts';
import { drained, fileOf } from '../replay/files.ts';
import {
  candles,
  klines,
  NOTHING,
  NOW_SEC,
  plainTime,
  readAll,
  START_SEC,
} from './market-files.ts';
import { zipOf } from './zip.ts';

describe('packed', () => {
  const rows = candles(30_000);
  const text = klines(rows);

  test.each([
    ['BTCUSDT-5m.csv', Buffer.from(text)],
    ['BTCUSDT-5m.csv.gz', gzipSync(text)],
    ['BTCUSDT-5m.zip', zipOf([{ name: 'a/BTCUSDT-5m.csv', content: text }])],
    ['BTCUSDT-5m.gz.csv', gzipSync(text)],
    [
      'BTCUSDT-5m.mac.zip',
      zipOf([
        { name: 'a/', content: '' },
        { name: 'a/BTCUSDT-5m.csv', content: text },
        { name: '__MACOSX/a/._BTCUSDT-5m.csv', content: 'x' },
      ]),
    ],
  ])('%s', async (name, bytes) => {
    const read = await readAll(fileOf(name, bytes));
    expect(read).toEqual({ ...NOTHING, candles: rows, series: ['candles BTCUSDT 300'] });
  });

  test.each<[string, Uint8Array, string]>([
    ['empty', zipOf([]), 'the zip is empty; allowed: one .csv or .json in it'],
    [
      'of two',
      zipOf(['a.csv', 'b.csv'].map((name) => ({ name, content: text }))),
      'the zip holds several files (a.csv, b.csv); allowed: one .csv or .json. Unpack it and give',
    ],
    [
      'of many',
      zipOf(['a.csv', 'b.csv', 'c.csv', 'd.csv'].map((name) => ({ name, content: 'x' }))),
      'the zip holds several files (a.csv, b.csv, c.csv, … (4 entries)); allowed',
    ],
    ['of something else', zipOf([{ name: 'a.exe', content: 'x' }]), 'the zip holds a.exe; allowed'],
    [
      'encrypted',
      zipOf([{ name: 'BTCUSDT-5m.csv', content: text, says: { flags: 0x0801 } }]),
      'BTCUSDT-5m.csv in the zip is encrypted; unpack it and give the file',
    ],
    [
      'that leads out of its folder',
      zipOf([{ name: '../BTCUSDT-5m.csv', content: text }]),
      'invalid relative path: ../BTCUSDT-5m.csv',
    ],
    [
      'cut off',
      zipOf([{ name: 'a.csv', content: text }]).subarray(0, 500),
      'nd of central directory',
    ],
    ['no zip at all', Buffer.from('PK, they said'), 'nd of central directory'],
  ])('a zip %s', async (_, bytes, problem) => {
    const read = await readAll(fileOf('BTCUSDT-5m.zip', bytes));
    expect(read.candles).toEqual([]);
    expect(read.problem?.toLowerCase()).toContain(problem.toLowerCase());
  });

  test.each<[string, Uint8Array, string]>([
    [
      'a zip whose checksum is another',
      zipOf([{ name: 'BTCUSDT-5m.csv', content: text, says: { crc32: 1 } }]),
      'BTCUSDT-5m.csv in the zip is damaged (checksum)',
    ],
    [
      'a zip that holds more than it says',
      zipOf([{ name: 'BTCUSDT-5m.csv', content: text, says: { bytes: text.length - 5 } }]),
      'too many bytes in the stream',
    ],
    ['a gzip that is cut off', gzipSync(text).subarray(0, -2_000), 'unexpected end of file'],
  ])('%s: what came before is taken', async (_, bytes, problem) => {
    const read = await readAll(fileOf('BTCUSDT-5m', bytes));
    expect(read.problem).toContain(problem);
    expect(read.refused.length).toBeLessThanOrEqual(1);
    expect(read.candles.length).toBeGreaterThan(20_000);
    expect(read.candles).toEqual(rows.slice(0, read.candles.length));
  });
});

describe.skipIf(process.platform !== 'linux')('a file is let go of', () => {
  const text = klines(candles(30_000));

  test.each<[string, Uint8Array]>([
    ['plain', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['zip', zipOf([{ name: 'BTCUSDT-5m.csv', content: text }])],
    ['zip of two', zipOf(['a.csv', 'b.csv'].map((name) => ({ name, content: text })))],
    ['columns that are not known', Buffer.from(`a,b\n${text}`)],
  ])('%s: when it was read, and when its reader has had enough', async (_, bytes) => {
    const path = fileOf('BTCUSDT-5m', bytes);
    await readAll(path);
    await untilClosed(path);
    const options = { symbol: null, symbolIfUntold: null, intervalSec: null, expected: null };
    const { error } = await drained(firstOf(readMarketFile(path, { ...options, nowSec: NOW_SEC })));
    expect(error === null || error.message !== '').toBe(true);
    await untilClosed(path);
  });
});

async function* firstOf<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    return;
  }
}

async function untilClosed(path: string): Promise<void> {
  while (openFiles().includes(path)) await new Promise((resolve) => setImmediate(resolve));
}

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

test('the same candles come out of every way to write them, in the order of the file', async () => {
  // No two further apart than a candle's high and low may be.
  const price = fc.integer({ min: 100_001, max: 9_999_999 }).map((cents) => cents / 100);
  const candle = fc.record({
    prices: fc.tuple(price, price, price, price),
    volume: fc.integer({ min: 1, max: 1e9 }).map((v) => v / 1e3),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(candle, { minLength: 2, maxLength: 40 }),
      fc.constantFrom(1, 1e3, 1e6, 'iso', 'json'),
      fc.constantFrom('plain', 'gz', 'zip'),
      fc.integer({ min: 0, max: 1e6 }),
      async (made, unit, packing, seed) => {
        const inOrder = made.map(({ prices: [a, b, c, d], volume }, i) => {
          const [low, open, close, high] = [a, b, c, d].toSorted((x, y) => x - y) as [
            number,
            number,
            number,
            number,
          ];
          return { timeSec: START_SEC + i * 900, open, high, low, close, volume };
        });
        const key = (timeSec: number): number => Math.imul(timeSec ^ seed, 0x9e3779b1) >>> 0;
        const rows = inOrder.toSorted((x, y) => key(x.timeSec) - key(y.timeSec));
        const lists = rows.map((r) => [r.timeSec * 1e3, r.open, r.high, r.low, r.close, r.volume]);
        const lines = rows.map((r) => {
          const time = typeof unit === 'number' ? r.timeSec * unit : plainTime(r.timeSec);
          return [time, r.open, r.high, r.low, r.close, r.volume].join(',');
        });
        const header = 'timestamp,open,high,low,close,volume';
        const text = unit === 'json' ? JSON.stringify(lists) : [header, ...lines].join('\n');
        const inZip = [{ name: unit === 'json' ? 'x.json' : 'x.csv', content: text }];
        const bytes =
          packing === 'gz' ? gzipSync(text) : packing === 'zip' ? zipOf(inZip) : Buffer.from(text);
        const read = await readAll(fileOf('BTCUSDT', bytes), { intervalSec: null });
        const distinct = new Set(rows.map(({ timeSec }) => timeSec)).size;
        expect(distinct).toBe(rows.length);
        expect(read).toEqual({ ...NOTHING, candles: rows, series: ['candles BTCUSDT 900'] });
      },
    ),
    { numRuns: 60 },
  );
});
