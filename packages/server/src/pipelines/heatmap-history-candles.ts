import type { Candle } from '@tidegauge/liquidations';
import type { CandleSeries, ReadOptions, Store, TimeRange } from '../store/store.ts';
import { EndingSlices } from './heatmap-history-slices.ts';

/** Candles of a market as they are asked for. */
export interface CandleRequest {
  /** What is stored. */
  readonly series: CandleSeries;
  /** Multiples of `intervalSec`. */
  readonly range: TimeRange;
  /** A multiple of the stored candles' length. */
  readonly intervalSec: number;
  /** The newest candle, of the stored length, while it is not closed; null: none. */
  readonly inProgress: Candle | null;
}

/**
 * Stored candles put together to longer ones, by rising time. Of an interval without candles there
 * is none; one that is there in part gives what is there.
 *
 * @throws StoreError
 */
export async function readCandles(
  store: Store,
  { series, range, intervalSec, inProgress }: CandleRequest,
  options: ReadOptions & { readonly signal: AbortSignal },
): Promise<readonly Candle[]> {
  const longer = new LongerCandles(intervalSec);
  const slices = new EndingSlices(options.signal);
  let lastSec = Number.NEGATIVE_INFINITY;
  for await (const chunk of store.candles(series, range, options)) {
    for (const candle of chunk) longer.take(candle);
    lastSec = chunk.at(-1)?.timeSec ?? lastSec;
    await slices.breathe();
  }
  // Once it is stored it is closed, and what is stored then is the whole of it.
  if (inProgress !== null && inProgress.timeSec > lastSec && lies(inProgress.timeSec, range)) {
    longer.take(inProgress);
  }
  return longer.candles;
}

/** Candles of one length, out of shorter ones that come by rising time. */
class LongerCandles {
  readonly candles: Candle[] = [];
  readonly #intervalSec: number;

  constructor(intervalSec: number) {
    this.#intervalSec = intervalSec;
  }

  take(candle: Candle): void {
    const timeSec = Math.floor(candle.timeSec / this.#intervalSec) * this.#intervalSec;
    const last = this.candles.at(-1);
    if (last?.timeSec !== timeSec) {
      this.candles.push({ ...candle, timeSec });
      return;
    }
    this.candles[this.candles.length - 1] = {
      timeSec,
      open: last.open,
      high: Math.max(last.high, candle.high),
      low: Math.min(last.low, candle.low),
      close: candle.close,
      volume: last.volume + candle.volume,
    };
  }
}

function lies(timeSec: number, { fromSec, toSec }: TimeRange): boolean {
  return timeSec >= fromSec && timeSec < toSec;
}
