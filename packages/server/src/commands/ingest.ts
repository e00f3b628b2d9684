import type { Clock } from '../clock.ts';
import { CONFIG_TABLE } from '../config-table.ts';
import { createLog } from '../log.ts';
import type { MarketFileOptions } from '../sources/market-files/read-market-file.ts';
import { type Store, StoreError } from '../store/store.ts';
import type { Command, CommandIo } from './command.ts';
import { Ending, type ProcessPort } from './ending.ts';
import { fileLine, fileText, storedLine, summaryLine, summaryText } from './ingest-report.ts';
import { type IngestParts, IngestRun } from './ingest-run.ts';
import { LineOutput } from './line-output.ts';
import { intervalOption, settingOption, symbolOption } from './market-options.ts';
import { type OptionRow, readOptions } from './options.ts';
import { ProblemList } from './problem-list.ts';
import { ProgressLine } from './progress-line.ts';

/** Opens the history in a folder; throws a StoreError. */
export type OpenHistory = (dataDir: string) => Promise<Store>;

const OPTIONS: readonly OptionRow[] = [
  { name: '--symbol', value: 'SYMBOL' },
  { name: '--interval', value: 'LENGTH' },
  { name: '--data-dir', value: 'FOLDER' },
  { name: '--replace', value: null },
  { name: '--json', value: null },
];

const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

const HELP = `tidegauge ingest FILE... [options]

Takes candles, open interest and liquidations from files into the history, and says of each file
what it took, what was missing in it, and which rows it refused and why. Taking a file again
changes nothing; a row at a time that is there already replaces the older one. What was ingested
is kept for good.

Files: .csv, .csv.gz, .zip of one CSV, .json; told by their content:
  candles          time, open, high, low, close, volume; Binance dumps with or without header
  open interest    Binance metrics; any with a column in USD; open, high, low, close of a period
  liquidations     forced orders, Binance liquidationSnapshot
Times are unix seconds, milliseconds or microseconds, or ISO 8601 (UTC).

Options:
  --symbol SYMBOL    of files whose name and columns tell none, such as BTCUSDT
  --interval LENGTH  of candles, where rows and name disagree: 1m to 1d
  --data-dir FOLDER  (DATA_DIR; default ${CONFIG_TABLE.dataDir.default}) where the history is
  --replace          take open interest that is not of the source of what is stored, in its place
  --json             for programs: a line for each batch once it is stored, and for each file
  --help             this text

Ctrl-C stops it after the batch in hand; all that was taken is kept. Exit code: 0 everything was
taken, 1 a row or file was refused (the rest was taken), 2 called wrongly, 130 stopped.

Example: a month of 5 min candles and open interest
  tidegauge ingest BTCUSDT-5m-2026-01.zip BTCUSDT-metrics-2026-01-*.zip
and its maps on the page
  tidegauge serve --venues files`;

interface IngestArguments {
  readonly files: readonly string[];
  readonly dataDir: string;
  readonly json: boolean;
  readonly replace: boolean;
  readonly options: MarketFileOptions;
}

function readArguments(
  args: readonly string[],
  env: CommandIo['env'],
  nowSec: number,
): IngestArguments | { readonly problems: readonly string[] } {
  const { values, files, problems: wrong } = readOptions(args, OPTIONS);
  const problems = [...wrong];
  const symbol = symbolOption(values.get('--symbol')?.[0], problems);
  const intervalSec = intervalOption(values.get('--interval')?.[0], problems);
  const dataDir = settingOption('dataDir', values, env, problems);
  if (files.length === 0) problems.push('no file given: tidegauge ingest FILE...');
  if (dataDir === undefined || problems.length > 0) return { problems };
  return {
    files,
    dataDir,
    json: values.has('--json'),
    replace: values.has('--replace'),
    options: { symbol, symbolIfUntold: null, intervalSec, expected: null, nowSec },
  };
}

/** Takes the files in; resolves with the exit code. */
async function ingest(
  { files, json, replace, options }: IngestArguments,
  store: Store,
  io: CommandIo,
  ending: Ending,
): Promise<number> {
  const progress = new ProgressLine(io.stderr);
  const problems = new ProblemList('ingest', io.stderr, progress);
  const output = new LineOutput(io.stdout, (problem) => problems.report(problem));
  const say = async (line: string): Promise<void> => {
    progress.clear();
    await output.line(line);
    await output.flush();
  };
  const onStored: IngestParts['onStored'] = async (file, batch, counts) => {
    if (json) await say(storedLine(file, batch, counts));
  };
  const run = new IngestRun({ store, options, replace, problems, progress, onStored });
  let crashCode: number | null = null;
  void ending.asked.then(({ why, exitCode }) => {
    if (why === 'crash') crashCode = exitCode;
    run.stop(why);
  });
  let storeFailed = false;
  for (const [index, file] of files.entries()) {
    if (run.stoppedBy !== null || storeFailed) break;
    const report = await run.file(file, `file ${index + 1} of ${files.length}`);
    storeFailed = report.storeError !== null;
    await say(json ? fileLine(report) : fileText(report));
  }
  const summary = run.summary();
  if (json) await say(summaryLine(summary));
  else if (files.length > 1 || run.stoppedBy !== null) await say(summaryText(summary));
  if (run.stoppedBy !== null) return crashCode ?? SIGNAL_EXIT_CODES[run.stoppedBy] ?? 1;
  return problems.count === 0 ? 0 : 1;
}

/** Opens the store, lets it be used, and closes it whatever happens. */
async function withStore(
  open: OpenHistory,
  dataDir: string,
  use: (store: Store) => Promise<number>,
): Promise<number> {
  const store = await open(dataDir);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** `tidegauge ingest`: history from files. */
export function ingestCommand(open: OpenHistory, clock: Clock, port: ProcessPort): Command {
  return {
    name: 'ingest',
    summary: 'take candles, open interest and liquidations from files into the history',
    help: () => HELP,
    run: async (args, io) => {
      const given = readArguments(args, io.env, clock.nowSec());
      const tell = (problem: string): void => {
        io.stderr.write(`tidegauge ingest: ${problem}\n`);
      };
      if ('problems' in given) {
        for (const problem of given.problems) tell(problem);
        return 2;
      }
      const log = createLog(io.stderr, { level: 'warn', format: 'auto' });
      const ending = new Ending(port, clock, log);
      try {
        return await withStore(open, given.dataDir, (store) => {
          if (store.problem !== null) tell(store.problem);
          return ingest(given, store, io, ending);
        });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        tell(error.message);
        return 1;
      } finally {
        // After the store has closed, which may take a while: a signal must not cut that off.
        ending.dispose();
      }
    },
  };
}
