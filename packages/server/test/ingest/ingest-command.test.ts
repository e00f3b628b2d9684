import { EventEmitter } from 'node:events';
import type { Candle } from '@tidegauge/liquidations';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { ingestCommand, type OpenHistory } from '../../src/commands/ingest.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { type CandleSeries, type Store, StoreError } from '../../src/store/store.ts';
import { drained, fileOf, missingFile } from '../replay/files.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';
import { candles, klineRow, klines, NOW_SEC, START_SEC } from './market-files.ts';
import { Sink } from './sink.ts';

const SERIES: CandleSeries = { symbol: 'BTCUSDT', intervalSec: 300 };

/** Stands for the process: tests send it signals. */
class FakeProcess extends EventEmitter {
  exited: number | null = null;
  exit(code: number): void {
    this.exited = code;
  }
}

interface Setup {
  readonly store?: Store;
  readonly open?: OpenHistory;
  readonly port?: FakeProcess;
  readonly stdout?: Sink;
  readonly stderr?: Sink;
  readonly env?: Readonly<Record<string, string>>;
}

async function ingest(args: readonly string[], setup: Setup = {}) {
  const { store = new MemoryStore(), stdout = new Sink(), stderr = new Sink(), env = {} } = setup;
  // The command closes its store at the end; the test still wants to look into it.
  const kept = new Proxy(store, {
    get: (target, name) => {
      if (name === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const port = setup.port ?? new FakeProcess();
  const clock = new FakeClock(NOW_SEC);
  const command = ingestCommand(setup.open ?? (() => Promise.resolve(kept)), clock, port);
  const code = await runCommandLine(['ingest', ...args], { stdout, stderr, env }, [command]);
  return { code, out: stdout.text, err: stderr.text, store, port };
}

async function flat<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const { items, error } = await drained(chunks);
  if (error !== null) throw error;
  return items.flat();
}

function stored(store: Store): Promise<Candle[]> {
  return flat(store.candles(SERIES, { fromSec: 0, toSec: NOW_SEC }));
}

function jsonLines(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('called wrongly: every reason, exit code 2, and no store is opened', () => {
  const open = (): Promise<Store> => Promise.reject(new Error('opened'));

  test.each([
    [[], ['no file given: tidegauge ingest FILE...']],
    [
      ['a.csv', '--interval', '7m', '--symbol=?', '--data-dir='],
      [
        '--data-dir: its value is missing: --data-dir FOLDER',
        "--symbol: '?' is no symbol; allowed: capital letters and digits, such as BTCUSDT",
        "--interval: '7m' is no length; allowed: 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d",
      ],
    ],
  ])('%j', async (args, problems) => {
    const { code, out, err } = await ingest(args, { open });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(problems.map((problem) => `tidegauge ingest: ${problem}\n`).join(''));
  });

  test('a folder in the environment that cannot be one', async () => {
    const { code, err } = await ingest(['a.csv'], { open, env: { DATA_DIR: 'a\nb' } });
    expect(code).toBe(2);
    expect(err).toContain("DATA_DIR: 'a b' is not allowed: allowed is a path without control char");
  });
});

describe('what is taken', () => {
  test('candles with a gap, a duplicate and a bad row: the good ones are kept and reported', async () => {
    const rows = candles(10).filter((_, i) => i !== 4 && i !== 5);
    const lines = [...rows, rows[2]!].map((row) => klineRow(row, 300));
    lines.push(klineRow({ ...rows[1]!, low: -1 }, 300));
    const file = fileOf('BTCUSDT-5m.csv', lines.join('\n'));
    const { code, out, err, store } = await ingest([file]);
    expect(code).toBe(1);
    expect(err).toBe(`tidegauge ingest: ${file}:10: low is -1, allowed: above 0\n`);
    expect(out).toBe(
      [
        file,
        '  BTCUSDT candles 5m: 9 from 2026-01-05T00:00:00Z to 2026-01-05T00:45:00Z',
        '  8 new, 0 changed, 1 already there; 1 of them twice in the file',
        '  1 gap, 2 missing: 2 from 2026-01-05T00:20:00Z to before 2026-01-05T00:30:00Z',
        '  1 refused\n',
      ].join('\n'),
    );
    expect(await stored(store)).toEqual(rows);
  });

  test('the same file again changes nothing, another one replaces what differs', async () => {
    const rows = candles(50_000);
    const file = fileOf('BTCUSDT-5m.csv', klines(rows));
    const store = new MemoryStore();
    expect((await ingest([file], { store })).out).toContain('50,000 new, 0 changed, 0 already');
    expect((await ingest([file], { store })).out).toContain('0 new, 0 changed, 50,000 already');
    const other = rows.map((row, i) => (i % 100 === 0 ? { ...row, volume: 1 } : row));
    const again = await ingest([fileOf('BTCUSDT-5m.csv', klines(other))], { store });
    expect(again.out).toContain('0 new, 500 changed, 49,500 already');
    expect(await stored(store)).toEqual(other);
    expect(await store.forgetBefore(NOW_SEC)).toBe(0);
  });

  test('open interest and liquidations, several files with a total', async () => {
    const oi = `ts,oi,oi_value\n${START_SEC},1,100\n${START_SEC + 3600},1,200\n`;
    const forced =
      'exchange,symbol,side,raw_side,price,notional_usd,event_ts\n' +
      `okx,ETHUSDT,long,long:sell,2000,20.5,${START_SEC}123\n`;
    const files = [fileOf('SOLUSDT.csv', oi), fileOf('forced.csv', forced)];
    const { code, out, store } = await ingest(files);
    expect(code).toBe(0);
    expect(out).toContain('  SOLUSDT open interest: 2 from 2026-01-05T00:00:00Z to 2026-01-05T01:');
    expect(out).toContain('  ETHUSDT liquidations: 1 from 2026-01-05T00:00:00.123Z to 2026-01-05T');
    expect(out).toMatch(/\n2 files: 3 rows taken\n$/);
    const range = { fromSec: 0, toSec: NOW_SEC };
    expect(await flat(store.openInterest('SOLUSDT', range))).toEqual([
      { timeSec: START_SEC, usd: 100 },
      { timeSec: START_SEC + 3600, usd: 200 },
    ]);
    expect(await flat(store.liquidations('ETHUSDT', range))).toEqual([
      { timeSec: START_SEC + 0.123, side: 'long', priceUsd: 2000, usd: 20.5 },
    ]);
  });

  test('a file that cannot be taken does not keep the others out', async () => {
    const missing = missingFile('BTCUSDT-5m.csv');
    const notes = fileOf('notes.csv', 'dear,diary\n');
    const good = fileOf('BTCUSDT-5m.csv', klines(candles(3)));
    const { code, out, err, store } = await ingest([missing, notes, good]);
    expect(code).toBe(1);
    expect(await stored(store)).toHaveLength(3);
    expect(out).toContain(`${missing}\n  nothing taken\n${notes}\n  nothing taken\n${good}\n`);
    expect(err.split('\n')).toEqual([
      `tidegauge ingest: ${missing}: ENOENT: no such file or directory, open '${missing}'`,
      `tidegauge ingest: ${notes}: its columns are not known: dear, diary; allowed: candles ` +
        '(time, open, high, low, close, volume), open interest in USD, liquidations',
      '',
    ]);
  });

  test('of each file twenty problems are told and the rest counted', async () => {
    const bad = (name: string): string =>
      fileOf(name, klines(candles(300).map((row) => ({ ...row, low: 0 }))));
    const { code, err, out } = await ingest([bad('BTCUSDT-5m.csv'), bad('ETHUSDT-5m.csv')]);
    expect(code).toBe(1);
    const lines = err.trim().split('\n');
    expect(lines).toHaveLength(42);
    expect(lines[20]).toBe('tidegauge ingest: 280 more problems like these');
    expect(lines[21]).toContain('ETHUSDT-5m.csv:2: low is 0, allowed: above 0');
    expect(out).toContain('  300 refused');
  });

  test('--symbol and --interval for a file that tells neither', async () => {
    const file = fileOf('x.csv', klines(candles(1)));
    expect((await ingest([file])).err).toContain('give it with --symbol, such as --symbol BTCUSDT');
    const { code, store } = await ingest([file, '--symbol', 'btc-usdt', '--interval=5m']);
    expect(code).toBe(0);
    expect(await stored(store)).toHaveLength(1);
  });
});

describe('open interest of another source than what is stored', () => {
  const HOUR_SEC = 3_600;
  const range = { fromSec: 0, toSec: NOW_SEC };
  const samples = (count: number, usd: number, startSec = START_SEC, stepSec = HOUR_SEC) =>
    Array.from({ length: count }, (_, i) => ({
      timeSec: startSec + i * stepSec,
      usd: usd + i,
    }));
  const textOf = (rows: ReturnType<typeof samples>): string =>
    `ts,oi_value\n${rows.map(({ timeSec, usd }) => `${timeSec},${usd}`).join('\n')}\n`;
  const fileFor = (rows: ReturnType<typeof samples>): string => fileOf('BTCUSDT.csv', textOf(rows));

  test('is refused whole, before a row of it is stored, and the next file is taken', async () => {
    const before = samples(10, 71e9, START_SEC + (29_990 * HOUR_SEC) / 4);
    const other = samples(30_000, 8.234e9, START_SEC, HOUR_SEC / 4);
    const last = fileOf('BTCUSDT-5m.csv', klines(candles(3)));
    const files = [fileFor(before), fileFor(other.toReversed()), last];
    const { code, out, err, store } = await ingest(files);
    expect(code).toBe(1);
    expect(err).toBe(
      `tidegauge ingest: ${files[1]}: its open interest of BTCUSDT is typically ` +
        '8,230,000,000 USD, but at the same times 71,000,000,000 USD is stored: it is of another ' +
        'source; allowed: up to 1.5 times more or less. To keep both, give it and its candles a ' +
        '--data-dir of their own; to take it all the same, in the place of what is stored at its ' +
        'times, --replace\n',
    );
    expect(out).toContain(`\n${files[1]}\n  nothing taken\n${files[2]}\n  BTCUSDT candles 5m: 3 `);
    expect(await flat(store.openInterest('BTCUSDT', range))).toEqual(before);
  });

  test('is taken in its place with --replace', async () => {
    const files = [fileFor(samples(3, 71e9)), fileFor(samples(2, 8e9))];
    const { code, out, store } = await ingest([...files, '--replace']);
    expect(code).toBe(0);
    expect(out).toContain('0 new, 2 changed, 0 already there');
    const stored = await flat(store.openInterest('BTCUSDT', range));
    expect(stored.map(({ usd }) => usd)).toEqual([8e9, 8e9 + 1, 71e9 + 2]);
  });

  test.each([
    ['at most a day away', 86_400, 1],
    ['further away', 86_401, 0],
  ])('counts where it is nearest: %s', async (_, distanceSec, exitCode) => {
    for (const startSec of [START_SEC + distanceSec, START_SEC - distanceSec]) {
      const { code } = await ingest([fileFor(samples(1, 4e9)), fileFor(samples(1, 1e9, startSec))]);
      expect(code).toBe(exitCode);
    }
  });

  test('up to half more or less, and what grew after the files met, is the same source', async () => {
    const grown = samples(24, 9e9, START_SEC + 10 * HOUR_SEC).map((row, i) => ({
      ...row,
      usd: row.usd * 1.2 ** i,
    }));
    const files = [samples(10, 8.1e9), grown, samples(10, 5.5e9)].map(fileFor);
    expect(await ingest(files)).toMatchObject({ code: 0, err: '' });
  });

  test('one wild sample does not decide, nor the order of rows', async () => {
    const rows = samples(20, 8e9);
    const [first, ...others] = rows;
    const files = [rows, [...others.toReversed(), { ...first!, usd: 9e13 }]].map(fileFor);
    expect(await ingest(files)).toMatchObject({ code: 0, err: '' });
  });

  test('each symbol of a file is compared with its own, and the file taken whole or not', async () => {
    const text = (ethUsd: number): string =>
      `symbol,ts,oi_value\nBTCUSDT,${START_SEC},8e9\nETHUSDT,${START_SEC},${ethUsd}\n`;
    const files = [3e9, 3.1e9, 9e9].map((ethUsd) => fileOf('x.csv', text(ethUsd)));
    const { code, err, out, store } = await ingest(files);
    expect(code).toBe(1);
    expect(err).toContain(`${files[2]}: its open interest of ETHUSDT is typically 9,000,000,000 U`);
    expect(out).toContain(`${files[2]}\n  nothing taken\n`);
    expect(await flat(store.openInterest('ETHUSDT', range))).toEqual([
      { timeSec: START_SEC, usd: 3.1e9 },
    ]);
  });

  test('of a file that breaks off what was read is taken', async () => {
    const text = `${textOf(samples(3, 8e9))}${'1'.repeat(70_000)}`;
    const { code, err, store } = await ingest([fileOf('BTCUSDT.csv', text)]);
    expect(code).toBe(1);
    expect(err).toContain('line 5 is longer than 65536');
    expect(await flat(store.openInterest('BTCUSDT', range))).toHaveLength(3);
  });
});

describe('--json', () => {
  test('a line for each batch once it is stored, for each file, and at the end', async () => {
    const file = fileOf('BTCUSDT-5m.csv', klines(candles(25_000).filter((_, i) => i !== 7)));
    const bad = fileOf('x.csv', 'a\n');
    const store = new MemoryStore();
    const stdout = new Sink();
    const held: number[] = [];
    stdout.onText = () => void stored(store).then((rows) => held.push(rows.length));
    const { code, out } = await ingest([file, bad, '--json'], { store, stdout });
    expect(code).toBe(1);
    const counts = { changed: 0, same: 0 };
    const batch = { event: 'stored', file, kind: 'candles', symbol: 'BTCUSDT', ...counts };
    expect(jsonLines(out)).toEqual([
      { ...batch, rows: 20_000, added: 20_000 },
      { ...batch, rows: 4_999, added: 4_999 },
      {
        event: 'file',
        file,
        refused: 0,
        problem: null,
        series: [
          {
            kind: 'candles',
            symbol: 'BTCUSDT',
            interval: '5m',
            from: '2026-01-05T00:00:00Z',
            to: '2026-04-01T19:15:00Z',
            rows: 24_999,
            added: 24_999,
            ...counts,
            duplicates: 0,
            missing: 1,
            gaps: [{ from: '2026-01-05T00:35:00Z', to: '2026-01-05T00:40:00Z', missing: 1 }],
          },
        ],
      },
      { event: 'file', file: bad, refused: 0, problem: expect.any(String), series: [] },
      { event: 'done', files: 2, rows: 24_999, refused: 0, stopped_by: null },
    ]);
    expect(held.slice(0, 2)).toEqual([20_000, 24_999]);
  });
});

describe('what ends it early', () => {
  const file = (): string => fileOf('BTCUSDT-5m.csv', klines(candles(90_000)));

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s: after the batch in hand, which is kept', async (signal, exitCode) => {
    const port = new FakeProcess();
    const stdout = new Sink();
    stdout.onText = () => port.emit(signal);
    const args = [file(), file(), '--json'];
    const { code, out, store } = await ingest(args, { port, stdout });
    expect(code).toBe(exitCode);
    const lines = jsonLines(out);
    const acknowledged = lines.filter(({ event }) => event === 'stored');
    const rows = acknowledged.reduce((sum, line) => sum + Number(line.rows), 0);
    expect(rows).toBeLessThan(90_000);
    expect(await stored(store)).toHaveLength(rows);
    expect(lines.at(-1)).toEqual({ event: 'done', files: 1, rows, refused: 0, stopped_by: signal });
    expect(port.eventNames()).toEqual([]);
  });

  test('Ctrl-C while the store closes does not cut that off', async () => {
    const port = new FakeProcess();
    const store = new MemoryStore();
    const close = store.close.bind(store);
    let heard: boolean | null = null;
    store.close = async () => {
      heard = port.emit('SIGINT');
      await close();
    };
    const open = () => Promise.resolve(store);
    const path = fileOf('BTCUSDT-5m.csv', klines(candles(2)));
    const { code, err } = await ingest([path], { port, open });
    expect({ code, err, heard }).toEqual({ code: 0, err: '', heard: true });
    expect([port.exited, port.eventNames()]).toEqual([null, []]);
  });

  test('a store that fails to close is told like one that fails before', async () => {
    const store = new MemoryStore();
    store.close = () => Promise.reject(new StoreError('full', 'no space is left'));
    const open = () => Promise.resolve(store);
    const path = fileOf('BTCUSDT-5m.csv', klines(candles(2)));
    const { code, err } = await ingest([path], { open });
    expect([code, err]).toEqual([1, 'tidegauge ingest: no space is left\n']);
  });

  test('said to a person', async () => {
    const port = new FakeProcess();
    const stderr = new Sink({ isTTY: true });
    stderr.onText = (text) => text.includes('20000 rows') && port.emit('SIGINT');
    const { code, out, err } = await ingest([file(), file()], { port, stderr });
    expect(code).toBe(130);
    expect(out).toContain('  broken off: only what came before was taken\n');
    expect(out).toMatch(/\n1 file: \d\d,000 rows taken; stopped by SIGINT: all that was taken is /);
    expect(err).toMatch(/ingest: 20000 rows, file 1 of 2: .*BTCUSDT-5m\.csv/);
  });

  test('a store that cannot be opened', async () => {
    const open = () => Promise.reject(new StoreError('locked', 'x.duckdb is open in process 7'));
    const { code, out, err } = await ingest([file()], { open });
    expect([code, out, err]).toEqual([1, '', 'tidegauge ingest: x.duckdb is open in process 7\n']);
  });

  test('a store that fails on the way: what was stored is reported, the rest is not tried', async () => {
    const store = new MemoryStore();
    const put = store.putCandles.bind(store);
    let puts = 0;
    store.putCandles = (...args) => {
      puts += 1;
      if (puts === 2) return Promise.reject(new StoreError('full', 'no space is left'));
      return put(...args);
    };
    const path = file();
    const { code, out, err } = await ingest([path, file()], { store });
    expect(code).toBe(1);
    expect(err).toBe(`tidegauge ingest: ${path}: no space is left\n`);
    expect(out).toContain('  20,000 new, 0 changed, 0 already there\n  broken off: only what came');
    expect(out).toContain('\n1 file: 20,000 rows taken');
    expect(puts).toBe(2);
  });

  test('a store with a problem says it, and takes what it can', async () => {
    const store = new MemoryStore({ problem: 'the history was damaged and set aside' });
    const { code, err } = await ingest([fileOf('BTCUSDT-5m.csv', klines(candles(2)))], { store });
    expect([code, err]).toEqual([0, 'tidegauge ingest: the history was damaged and set aside\n']);
  });

  test('a reader of stdout that has gone does not: all is stored', async () => {
    const stdout = new Sink({ writesMax: 1 });
    const { code, err, store } = await ingest([file(), '--json'], { stdout });
    expect([code, err]).toEqual([0, '']);
    expect(await stored(store)).toHaveLength(90_000);
  });
});
