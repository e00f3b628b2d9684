import {
  type CandleOutcome,
  JoinedEngine,
  type LeverageWeights,
  maintenanceRate,
  OpenInterestTrack,
  optionsFor,
  parseLeverageWeights,
  samplingPeriodSec,
} from '@tidegauge/liquidations';
import type { Clock } from '../clock.ts';
import { type BacktestFiles, type BacktestInput, BacktestReader } from './backtest-input.ts';
import type { Command, CommandIo } from './command.ts';
import { LineOutput } from './line-output.ts';
import { settingOption, symbolOption } from './market-options.ts';
import { type OptionRow, readOptions } from './options.ts';
import { ProblemList } from './problem-list.ts';
import { ProgressLine } from './progress-line.ts';

/** Every so many candles the progress line is drawn again. */
const PROGRESS_STEP = 5_000;

const OPTIONS: readonly OptionRow[] = [
  { name: '--klines', value: 'FILE', repeats: true },
  { name: '--open-interest', value: 'FILE', repeats: true },
  { name: '--symbol', value: 'SYMBOL' },
  { name: '--leverage-weights', value: '5:.15,10:.3,...' },
];

const HELP = `tidegauge backtest --klines FILE --open-interest FILE [options]

Runs the liquidation model over candles and open interest, as the server does with live data, and
writes one JSON object a candle to stdout, by rising time:
  {"time","long_usd","short_usd","open_long_usd","open_short_usd"}
time is when the candle opened, unix seconds; long_usd and short_usd were liquidated in it, the
others are still open after it, USD.

Files are those that tidegauge ingest takes: .csv, .csv.gz, .zip of one CSV, .json. Where two have
a row of the same time the last one counts. Rows that cannot be taken are named on stderr and left
out; the exit code is then 1.

Options:
  --klines FILE            candles, all of one length; may be given several times
  --open-interest FILE     open interest in USD; may be given several times
  --symbol SYMBOL          of files whose columns name several
  --leverage-weights MIX   (LEVERAGE_WEIGHTS; default: learned) such as 5:.15,10:.3,25:.25,50:.3
  --help                   this text

Example: what would have been liquidated, hour by hour
  tidegauge backtest --klines BTCUSDT-1h.csv --open-interest BTC-open-interest-4h.csv`;

interface BacktestArguments {
  readonly files: BacktestFiles;
  /** Null: the learned mix. */
  readonly leverageWeights: LeverageWeights | null;
}

function readArguments(
  args: readonly string[],
  env: CommandIo['env'],
  nowSec: number,
): BacktestArguments | { readonly problems: readonly string[] } {
  const { values, files, problems: wrong } = readOptions(args, OPTIONS);
  const problems = [...wrong];
  for (const file of files) {
    problems.push(`'${file}': say what it holds: --klines ${file} or --open-interest ${file}`);
  }
  const [klines = [], openInterest = []] = ['--klines', '--open-interest'].map((name) => {
    const given = values.get(name);
    if (given === undefined) problems.push(`no ${name} FILE is given`);
    return given;
  });
  const symbol = symbolOption(values.get('--symbol')?.[0], problems);
  const mix = settingOption('leverageWeights', values, env, problems) ?? null;
  if (problems.length > 0) return { problems };
  const parsed = mix === null ? null : parseLeverageWeights(mix);
  const leverageWeights = parsed?.ok === true ? parsed.weights : null;
  return { files: { klines, openInterest, symbol, nowSec }, leverageWeights };
}

/** What the model makes of each candle, in order. */
function* outcomes(
  { symbol, intervalSec, candles, openInterest }: BacktestInput,
  leverageWeights: LeverageWeights | null,
): Generator<CandleOutcome> {
  const track = new OpenInterestTrack(samplingPeriodSec(openInterest)!);
  for (const sample of openInterest) track.take(sample);
  // Prices move far in the years before there is any open interest, without which nothing opens.
  const isKnown = ({ timeSec }: { timeSec: number }): boolean =>
    track.at(timeSec + intervalSec) !== null;
  const first = candles.find(isKnown) ?? candles[0]!;
  const weights = leverageWeights === null ? {} : { leverageWeights };
  const options = {
    ...optionsFor(first, intervalSec),
    ...(symbol === null ? {} : { maintenanceRate: maintenanceRate(symbol) }),
    ...weights,
  };
  const engine = new JoinedEngine(options, track);
  for (const candle of candles) yield engine.accept(candle);
}

function outcomeLine(outcome: CandleOutcome): string {
  return JSON.stringify({
    time: outcome.timeSec,
    long_usd: cents(outcome.longUsd),
    short_usd: cents(outcome.shortUsd),
    open_long_usd: cents(outcome.openLongUsd),
    open_short_usd: cents(outcome.openShortUsd),
  });
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}

async function backtest(
  { files, leverageWeights }: BacktestArguments,
  io: CommandIo,
): Promise<number> {
  const progress = new ProgressLine(io.stderr);
  const problems = new ProblemList('backtest', io.stderr, progress);
  const output = new LineOutput(io.stdout, (problem) => problems.report(problem));
  const input = await new BacktestReader(files, problems, progress).read();
  let done = 0;
  for (const outcome of input === null ? [] : outcomes(input, leverageWeights)) {
    if (output.readerGone) break;
    await output.line(outcomeLine(outcome));
    done += 1;
    if (done % PROGRESS_STEP === 0) {
      progress.draw(`backtest: ${done} of ${input!.candles.length} candles`);
    }
  }
  await output.flush();
  problems.end();
  return problems.count === 0 ? 0 : 1;
}

/** `tidegauge backtest`: what the model says would have been liquidated. */
export function backtestCommand(clock: Clock): Command {
  return {
    name: 'backtest',
    summary: 'what the liquidation model makes of candles and open interest in files',
    help: () => HELP,
    run: (args, io) => {
      const given = readArguments(args, io.env, clock.nowSec());
      if (!('problems' in given)) return backtest(given, io);
      for (const problem of given.problems) io.stderr.write(`tidegauge backtest: ${problem}\n`);
      return Promise.resolve(2);
    },
  };
}
