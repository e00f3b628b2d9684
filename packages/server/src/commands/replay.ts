import { access } from 'node:fs/promises';
import { PriceReplay, type ReplayEstimate } from '../pipelines/price-replay.ts';
import { isReplayFile, REPLAY_ENDINGS, readReplayFile } from '../sources/replay-file.ts';
import type { Command, CommandIo } from './command.ts';
import { LineOutput } from './line-output.ts';
import { ProblemList } from './problem-list.ts';
import { ProgressLine } from './progress-line.ts';

/** Every so many estimates the progress line is drawn again. */
const PROGRESS_STEP = 500;

const HELP = `tidegauge replay FILE...

Reads blocks in order and writes one price estimate a block to stdout, one JSON object a line:
  {"time","height","price","low","high","confidence","sample_size","status"}
time is unix seconds, prices are USD per BTC, low and high bound the central 90 % interval;
price, low and high are null while the data cannot say.

Files, told by their ending:
  .ndjson .ndjson.gz   a block a line: {"height","time","outputs":[satoshi,...]}
  .raw .blk            one serialized block
  .hex .hex.gz         a mempool: one serialized transaction in hex a line; one estimate in all

A line or block that cannot be read, or that lies over 3 h before the newest block so far, is
named on stderr and left out; the exit code is then 1.

Options:
  --help   this text

Example: the price at each block of a day
  tidegauge replay 2024-03-14.ndjson.gz > estimates.ndjson`;

function toLine({ timeSec, height, estimate }: ReplayEstimate): string {
  const cents = (priceUsd: number | null): number | null =>
    priceUsd === null ? null : Math.round(priceUsd * 100) / 100;
  return JSON.stringify({
    time: timeSec,
    height,
    price: cents(estimate.priceUsd),
    low: cents(estimate.lowUsd),
    high: cents(estimate.highUsd),
    confidence: Math.round(estimate.confidence * 1e4) / 1e4,
    sample_size: estimate.sampleSize,
    status: estimate.status,
  });
}

class ReplayRun {
  readonly #replay = new PriceReplay();
  readonly #progress: ProgressLine;
  readonly #output: LineOutput;
  readonly problems: ProblemList;
  #estimates = 0;

  constructor(io: CommandIo) {
    this.#progress = new ProgressLine(io.stderr);
    this.problems = new ProblemList('replay', io.stderr, this.#progress);
    this.#output = new LineOutput(io.stdout, (problem) => this.problems.report(problem));
  }

  get readerGone(): boolean {
    return this.#output.readerGone;
  }

  /** Replays a file; what is wrong in it or with it is reported and counted. */
  async file(path: string, fileNumber: number, files: number): Promise<void> {
    try {
      for await (const item of readReplayFile(path)) {
        const result = this.#replay.accept(item);
        if (result === null) continue;
        if ('reason' in result) {
          this.problems.report(`${result.where}: ${result.reason}`);
          continue;
        }
        this.#estimates += 1;
        if (this.#estimates % PROGRESS_STEP === 0) {
          const place = `file ${fileNumber} of ${files}: ${path}`;
          this.#progress.draw(`replay: ${this.#estimates} blocks, ${place}`);
        }
        await this.#output.line(toLine(result));
        if (this.readerGone) return;
      }
    } catch (error) {
      this.problems.report(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await this.#output.flush();
  }
}

async function argumentProblems(paths: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const path of paths) {
    if (path.startsWith('-')) {
      problems.push(`unknown option ${path}: replay takes files and --help`);
    } else if (!isReplayFile(path)) {
      problems.push(`${path}: its name has to end in ${REPLAY_ENDINGS.join(', ')}`);
    } else {
      const missing = await access(path).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (missing !== null) problems.push(`${path}: cannot be read (${missing})`);
    }
  }
  if (paths.length === 0) problems.push('no file given: tidegauge replay FILE...');
  return problems;
}

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const problems = await argumentProblems(args);
  if (problems.length > 0) {
    for (const problem of problems) io.stderr.write(`tidegauge replay: ${problem}\n`);
    return 2;
  }
  const replayRun = new ReplayRun(io);
  for (const [index, path] of args.entries()) {
    if (replayRun.readerGone) break;
    await replayRun.file(path, index + 1, args.length);
  }
  replayRun.problems.end();
  return replayRun.problems.count === 0 ? 0 : 1;
}

/** `tidegauge replay`: price estimates from files of blocks. */
export const replayCommand: Command = {
  name: 'replay',
  summary: 'price estimates from files of blocks or a mempool',
  help: () => HELP,
  run,
};
