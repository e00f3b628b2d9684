import { CoinPrices, type PricedCandle } from '../demo-market/candle-prices.ts';
import { CANDLE_SEC, CascadePath } from '../demo-market/cascade-path.ts';
import { BITCOIN, BITCOIN_VOLATILITY } from '../demo-market/demo-coins.ts';
import { STREAM } from '../demo-market/streams.ts';

/** Quotes are minutes old, so they turn back and forth between the candles of the last half hour. */
const CANDLES_KEPT = 8;

/**
 * The hidden truth behind the demo's payments: the price at which the demo's market of the same
 * seed trades bitcoin, so that what the chain tells and what the market shows agree.
 */
export class PricePath {
  readonly #market: CoinPrices;
  /** Those asked for last: each candle has its place, by its index. */
  readonly #candles: (PricedCandle | null)[] = Array.from({ length: CANDLES_KEPT }, () => null);

  constructor(seed: number) {
    const bitcoin = new CascadePath(seed, STREAM.bitcoin, BITCOIN_VOLATILITY);
    this.#market = new CoinPrices(seed, BITCOIN, bitcoin);
  }

  /** USD per BTC at a unix time: a function of seed and time alone, in any order. */
  priceUsd(timeSec: number): number {
    const index = Math.floor(timeSec / CANDLE_SEC);
    const place = index % CANDLES_KEPT;
    let candle = this.#candles[place] ?? null;
    if (candle?.timeSec !== index * CANDLE_SEC) {
      candle = this.#market.candle(index);
      this.#candles[place] = candle;
    }
    return candle.priceUsdAt(timeSec);
  }
}
