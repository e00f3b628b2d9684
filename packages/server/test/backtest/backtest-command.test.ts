import { gzipSync } from 'node:zlib';
import {
  type Candle,
  JoinedEngine,
  type OpenInterest,
  OpenInterestTrack,
  optionsFor,
  parseLeverageWeights,
} from '@tidegauge/liquidations';
import { describe, expect, test } from 'vitest';
import { backtestCommand } from '../../src/commands/backtest.ts';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { klines, NOW_SEC, START_SEC } from '../ingest/market-files.ts';
import { Sink } from '../ingest/sink.ts';
import { fileOf, missingFile } from '../replay/files.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';

const HOUR_SEC = 3_600;
/** How far open interest each 4 h is known. */
const REACH_SEC = 12 * HOUR_SEC;
const FIELDS = ['time', 'long_usd', 'short_usd', 'open_long_usd', 'open_short_usd'];

async function backtest(
  args: readonly string[],
  { stdout = new Sink(), stderr = new Sink(), env = {} } = {},
) {
  const command = backtestCommand(new FakeClock(NOW_SEC));
  const code = await runCommandLine(['backtest', ...args], { stdout, stderr, env }, [command]);
  const lines = stdout.text.split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line) as Record<string, number>);
  return { code, rows, out: stdout.text, err: stderr.text };
}

/** A price that swings by a few percent each day, so that there is something to liquidate. */
function swingingCandles(count: number, startSec: number = START_SEC): Candle[] {
  const priceAt = (i: number): number => 90_000 * (1 + 0.04 * Math.sin(i / 5));
  return Array.from({ length: count }, (_, i) => {
    const [open, close] = [priceAt(i), priceAt(i + 1)];
    const [low, high] = [Math.min(open, close) * 0.998, Math.max(open, close) * 1.002];
    return { timeSec: startSec + i * HOUR_SEC, open, high, low, close, volume: 500 };
  });
}

function samples(count: number, startSec: number = START_SEC): OpenInterest[] {
  return Array.from({ length: count }, (_, i) => ({
    timeSec: startSec + i * 4 * HOUR_SEC,
    usd: 8e9 + 1e8 * Math.sin(i),
  }));
}

function samplesText(rows: readonly OpenInterest[]): string {
  return `ts,oi_value\n${rows.map(({ timeSec, usd }) => `${timeSec},${usd}`).join('\n')}\n`;
}

const candleFile = (rows: readonly Candle[], name = 'BTCUSDT-1h.csv'): string =>
  fileOf(name, klines(rows, HOUR_SEC));
const sampleFile = (rows: readonly OpenInterest[], name = 'BTC-open-interest-4h.csv'): string =>
  fileOf(name, samplesText(rows));

interface Expectation {
  readonly mix?: string;
  /** The first candle whose open interest is known. */
  readonly first?: Candle;
}

function expected(
  candles: readonly Candle[],
  openInterest: readonly OpenInterest[],
  { mix, first = candles[0]! }: Expectation = {},
) {
  const track = new OpenInterestTrack(4 * HOUR_SEC);
  for (const sample of openInterest) track.take(sample);
  const parsed = mix === undefined ? null : parseLeverageWeights(mix);
  const weights = parsed?.ok === true ? { leverageWeights: parsed.weights } : {};
  const options = { ...optionsFor(first, HOUR_SEC), ...weights };
  const engine = new JoinedEngine(options, track);
  const cents = (usd: number): number => Math.round(usd * 100) / 100;
  return candles.map((candle) => {
    const outcome = engine.accept(candle);
    return {
      time: outcome.timeSec,
      long_usd: cents(outcome.longUsd),
      short_usd: cents(outcome.shortUsd),
      open_long_usd: cents(outcome.openLongUsd),
      open_short_usd: cents(outcome.openShortUsd),
    };
  });
}

describe('called wrongly: every reason, exit code 2, nothing on stdout', () => {
  test.each([
    [[], ['no --klines FILE is given', 'no --open-interest FILE is given']],
    [
      ['a.csv', '--klines', 'b.csv', '--open-intrest', 'c.csv'],
      [
        'unknown option --open-intrest; did you mean --open-interest?; allowed: files and ' +
          '--klines, --open-interest, --symbol, --leverage-weights, --help',
        "'a.csv': say what it holds: --klines a.csv or --open-interest a.csv",
        "'c.csv': say what it holds: --klines c.csv or --open-interest c.csv",
        'no --open-interest FILE is given',
      ],
    ],
    [
      ['--klines=a', '--open-interest=b', '--symbol=', '--leverage-weights', '5:2'],
      [
        '--symbol: its value is missing: --symbol SYMBOL',
        "--leverage-weights: '5:2' is not allowed: weight '2' of leverage 5 is not a number above 0 and up to 1",
      ],
    ],
  ])('%j', async (args, problems) => {
    const { code, out, err } = await backtest(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(problems.map((problem) => `tidegauge backtest: ${problem}\n`).join(''));
  });

  test('leverages from the environment', async () => {
    const env = { LEVERAGE_WEIGHTS: '5' };
    const { code, err } = await backtest(['--klines=a', '--open-interest=b'], { env });
    expect(code).toBe(2);
    expect(err).toContain("LEVERAGE_WEIGHTS: '5' is not allowed: '5' is not a pair");
  });
});

describe('what comes out', () => {
  const candles = swingingCandles(200);
  const openInterest = samples(50);
  const args = (): string[] => [
    '--klines',
    candleFile(candles),
    '--open-interest',
    sampleFile(openInterest),
  ];

  test('a line a candle with exactly the fields of the contract: what the model says', async () => {
    const { code, rows, err } = await backtest(args());
    expect([code, err]).toEqual([0, '']);
    for (const row of rows) expect(Object.keys(row)).toEqual(FIELDS);
    expect(rows).toEqual(expected(candles, openInterest));
    const sum = (field: string): number => rows.reduce((total, row) => total + row[field]!, 0);
    expect(sum('long_usd')).toBeGreaterThan(1e6);
    expect(sum('short_usd')).toBeGreaterThan(1e6);
  });

  test('another mix of leverages, by flag or environment; the flag wins', async () => {
    const wide = expected(candles, openInterest, { mix: '3:.5,10:.5' });
    expect(wide).not.toEqual(expected(candles, openInterest));
    expect((await backtest([...args(), '--leverage-weights', '3:.5,10:.5'])).rows).toEqual(wide);
    const env = { LEVERAGE_WEIGHTS: '3:.5,10:.5' };
    expect((await backtest(args(), { env })).rows).toEqual(wide);
    const both = await backtest([...args(), '--leverage-weights=50:1'], { env });
    expect(both.rows).toEqual(expected(candles, openInterest, { mix: '50:1' }));
  });

  test('files in any order, overlapping, packed, without a symbol', async () => {
    const [early, late] = [candles.slice(0, 120), candles.slice(80)];
    const reversed = late.toReversed();
    const { code, rows, err } = await backtest([
      '--klines',
      fileOf('late.csv.gz', gzipSync(klines(reversed, HOUR_SEC))),
      '--open-interest',
      sampleFile(openInterest.slice(25), 'x.csv'),
      '--klines',
      candleFile(early, 'early.csv'),
      '--open-interest',
      sampleFile(openInterest.slice(0, 30), 'y.csv'),
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(rows).toEqual(expected(candles, openInterest));
  });

  test('candles from years before open interest: nothing is open until it begins', async () => {
    const far = START_SEC - 3_000 * HOUR_SEC;
    // Prices of another order of magnitude, for which the buckets of today would be far too wide.
    const before = swingingCandles(3_000, far).map((candle) => {
      const { timeSec, open, high, low, close, volume } = candle;
      return {
        timeSec,
        open: open / 50,
        high: high / 50,
        low: low / 50,
        close: close / 50,
        volume,
      };
    });
    const { rows } = await backtest([
      '--klines',
      candleFile([...before, ...candles]),
      '--open-interest',
      sampleFile(openInterest),
    ]);
    const first = before.find(({ timeSec }) => timeSec + HOUR_SEC >= START_SEC - REACH_SEC)!;
    expect(rows).toEqual(expected([...before, ...candles], openInterest, { first }));
    for (const row of rows.filter(({ time }) => time! < first.timeSec)) {
      expect(row).toMatchObject({ long_usd: 0, short_usd: 0, open_long_usd: 0, open_short_usd: 0 });
    }
    expect(rows.at(-1)!.open_long_usd).toBeGreaterThan(0);
  });
});

describe('what is wrong in the files', () => {
  const candles = swingingCandles(20);

  test('bad rows are named and left out, exit code 1', async () => {
    const bad = candles.map((candle, i) => (i === 3 ? { ...candle, low: -1 } : candle));
    const file = candleFile(bad);
    const { code, rows, err } = await backtest([
      '--klines',
      file,
      '--open-interest',
      sampleFile(samples(5)),
    ]);
    expect(code).toBe(1);
    expect(err).toBe(`tidegauge backtest: ${file}:5: low is -1, allowed: above 0\n`);
    expect(rows).toHaveLength(19);
  });

  test.each<[string, () => string[], string]>([
    [
      'files swapped',
      () => ['--klines', sampleFile(samples(5)), '--open-interest', candleFile(candles)],
      'it holds open interest, allowed here: candles',
    ],
    [
      'different coins',
      () => [
        '--klines',
        candleFile(candles, 'ETHUSDT-1h.csv'),
        '--open-interest',
        sampleFile(samples(5)),
      ],
      'the files are of different coins: ETH (',
    ],
    [
      'a single sample',
      () => ['--klines', candleFile(candles), '--open-interest', sampleFile(samples(1))],
      '1 samples of open interest; allowed: 2 or more',
    ],
    [
      'candles of two lengths',
      () => [
        '--klines',
        candleFile(candles),
        '--klines',
        fileOf(
          'BTCUSDT-5m.csv',
          klines(swingingCandles(9).map((c, i) => ({ ...c, timeSec: START_SEC + i * 300 }))),
        ),
        '--open-interest',
        sampleFile(samples(5)),
      ],
      'it holds candles of 5m, the files before it of 1h',
    ],
    [
      'a file that is not there',
      () => ['--klines', missingFile('x.csv'), '--open-interest', sampleFile(samples(5))],
      'ENOENT',
    ],
  ])('%s', async (_, args, problem) => {
    const { code, err } = await backtest(args());
    expect(code).toBe(1);
    expect(err).toContain(problem);
  });

  test('different coins, when the caller says that they belong together', async () => {
    const { code, rows } = await backtest([
      '--klines',
      candleFile(candles, 'ETHUSDT-1h.csv'),
      '--open-interest',
      sampleFile(samples(5)),
      '--symbol',
      'ETHUSDT',
    ]);
    expect([code, rows.length]).toEqual([0, 20]);
  });
});

describe('who reads along', () => {
  test('progress on a terminal, and gone at the end', async () => {
    const stderr = new Sink({ isTTY: true });
    const args = ['--klines', candleFile(swingingCandles(7_000)), '--open-interest'];
    const { err } = await backtest([...args, sampleFile(samples(5))], { stderr });
    expect(err).toContain('backtest: reading ');
    expect(err).toContain('backtest: 5000 of 7000 candles');
    expect(err.endsWith('\r\x1b[K')).toBe(true);
  });

  test('a reader that has had enough ends it without a word', async () => {
    const stdout = new Sink({ writesMax: 2 });
    const stderr = new Sink({ isTTY: true });
    const args = ['--klines', candleFile(swingingCandles(7_000)), '--open-interest'];
    const ran = await backtest([...args, sampleFile(samples(5))], { stdout, stderr });
    expect([ran.code, ran.rows.length, stdout.writes]).toEqual([0, 512, 3]);
    // Nor is the rest worked on in vain.
    expect(ran.err).not.toContain('5000 of 7000');
    expect(ran.err).not.toContain('tidegauge backtest: ');
  });
});
