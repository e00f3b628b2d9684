/** What a backtest runs on, gathered from files. */
import type { Candle, OpenInterest } from '@tidegauge/liquidations';
import { intervalName } from '../interval-name.ts';
import type { MarketRowKind, MarketRows } from '../sources/market-files/market-row.ts';
import { readMarketFile } from '../sources/market-files/read-market-file.ts';
import type { ProblemList } from './problem-list.ts';
import type { ProgressLine } from './progress-line.ts';

/** Stands for the symbol of files that tell none: here they need not. */
const UNTOLD = 'UNTOLD';
const QUOTE = /(USDT|USDC|FDUSD|BUSD|USD)(_[A-Z0-9]+)?$/;

export interface BacktestFiles {
  readonly klines: readonly string[];
  readonly openInterest: readonly string[];
  /** Of all of them; null: as the files tell. */
  readonly symbol: string | null;
  readonly nowSec: number;
}

/** Rows by rising time, each time once. */
export interface BacktestInput {
  /** As told by the command line or the files; null: by neither. */
  readonly symbol: string | null;
  readonly intervalSec: number;
  readonly candles: readonly Candle[];
  readonly openInterest: readonly OpenInterest[];
}

export class BacktestReader {
  readonly #files: BacktestFiles;
  readonly #problems: ProblemList;
  readonly #progress: ProgressLine;
  readonly #candles = new Map<number, Candle>();
  readonly #openInterest = new Map<number, OpenInterest>();
  /** Coins and where each was first met. */
  readonly #coins = new Map<string, string>();
  #intervalSec: number | null = null;

  constructor(files: BacktestFiles, problems: ProblemList, progress: ProgressLine) {
    this.#files = files;
    this.#problems = problems;
    this.#progress = progress;
  }

  /**
   * Reads all files. What is wrong in them or with them is reported.
   * @returns null when what is left cannot be run
   */
  async read(): Promise<BacktestInput | null> {
    for (const path of this.#files.klines) await this.#readFile(path, 'candles');
    for (const path of this.#files.openInterest) await this.#readFile(path, 'open_interest');
    const problem = this.#inputProblem();
    if (problem !== null) {
      this.#problems.report(problem);
      return null;
    }
    const [coin] = this.#coins.keys();
    return {
      symbol: this.#files.symbol ?? (coin === undefined ? null : `${coin}USDT`),
      intervalSec: this.#intervalSec!,
      candles: byTime(this.#candles),
      openInterest: byTime(this.#openInterest),
    };
  }

  async #readFile(path: string, expected: MarketRowKind): Promise<void> {
    const { symbol, nowSec } = this.#files;
    const options = { symbol, symbolIfUntold: UNTOLD, intervalSec: null, expected, nowSec };
    try {
      for await (const item of readMarketFile(path, options)) {
        if (item.kind === 'refused') this.#problems.report(`${item.where}: ${item.reason}`);
        else this.#take(path, item);
        this.#progress.draw(`backtest: reading ${path}`);
      }
    } catch (error) {
      this.#problems.report(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#problems.end();
  }

  #take(path: string, batch: MarketRows): void {
    const coin = batch.symbol === UNTOLD ? null : batch.symbol.replace(QUOTE, '');
    if (coin !== null && !this.#coins.has(coin)) this.#coins.set(coin, path);
    if (batch.kind === 'candles') {
      this.#intervalSec ??= batch.intervalSec;
      if (batch.intervalSec !== this.#intervalSec) {
        const [own, others] = [batch.intervalSec, this.#intervalSec].map(intervalName);
        throw new Error(`it holds candles of ${own}, the files before it of ${others}`);
      }
      for (const candle of batch.rows) this.#candles.set(candle.timeSec, candle);
    } else if (batch.kind === 'open_interest') {
      for (const sample of batch.rows) this.#openInterest.set(sample.timeSec, sample);
    }
  }

  #inputProblem(): string | null {
    if (this.#coins.size > 1) {
      const met = Array.from(this.#coins, ([coin, path]) => `${coin} (${path})`);
      return `the files are of different coins: ${met.join(', ')}; give --symbol, or other files`;
    }
    if (this.#candles.size === 0) return 'there is no candle to run on';
    if (this.#openInterest.size >= 2) return null;
    return `${this.#openInterest.size} samples of open interest; allowed: 2 or more`;
  }
}

function byTime<Row extends { readonly timeSec: number }>(rows: ReadonlyMap<number, Row>): Row[] {
  return [...rows.values()].sort((a, b) => a.timeSec - b.timeSec);
}
