import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { MemoryStore } from '../../src/store/memory-store.ts';
import {
  type CandleSeries,
  type EngineRecord,
  type PriceRecord,
  type PutCounts,
  type PutOptions,
  type SeriesSummary,
  type SnapshotRecord,
  StoreError,
} from '../../src/store/store.ts';

/** A store that fails, or takes its time, when it is told to. */
export class FlakyStore extends MemoryStore {
  /** What each call fails with from now on; null: nothing. */
  failure: StoreError | null = null;
  /** What each put waits for first. */
  gate: Promise<void> = Promise.resolve();
  /** Puts that were tried. */
  puts = 0;

  failWith(message: string): void {
    this.failure = new StoreError('full', message);
  }

  override async putCandles(
    series: CandleSeries,
    candles: readonly Candle[],
    options: PutOptions,
  ): Promise<PutCounts> {
    await this.#pass();
    return super.putCandles(series, candles, options);
  }

  override async putOpenInterest(
    symbol: string,
    samples: readonly OpenInterest[],
    options: PutOptions,
  ): Promise<PutCounts> {
    await this.#pass();
    return super.putOpenInterest(symbol, samples, options);
  }

  override async putLiquidations(
    symbol: string,
    liquidations: readonly Liquidation[],
    options: PutOptions,
  ): Promise<PutCounts> {
    await this.#pass();
    return super.putLiquidations(symbol, liquidations, options);
  }

  override async putPrices(prices: readonly PriceRecord[]): Promise<PutCounts> {
    await this.#pass();
    return super.putPrices(prices);
  }

  override async putSnapshots(snapshots: readonly SnapshotRecord[]): Promise<PutCounts> {
    await this.#pass();
    return super.putSnapshots(snapshots);
  }

  override async saveEngine(record: EngineRecord): Promise<void> {
    await this.#pass();
    return super.saveEngine(record);
  }

  override async series(): Promise<readonly SeriesSummary[]> {
    if (this.failure !== null) throw this.failure;
    return super.series();
  }

  override async forgetBefore(timeSec: number): Promise<number> {
    if (this.failure !== null) throw this.failure;
    return super.forgetBefore(timeSec);
  }

  async #pass(): Promise<void> {
    this.puts += 1;
    await this.gate;
    if (this.failure !== null) throw this.failure;
  }
}
