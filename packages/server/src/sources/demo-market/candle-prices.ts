import type { Candle } from '@tidegauge/liquidations';
import { Random } from '../demo/random.ts';
import { CANDLE_SEC, CascadePath, STEPS } from './cascade-path.ts';
import { BITCOIN_VOLATILITY, type DemoCoin } from './demo-coins.ts';
import { STREAM, streamOf } from './streams.ts';

/** Volume grows with variance, but slower: twice as wild an hour trades half as much again. */
const VOLUME_EXPONENT = 0.6;
const VOLUME_LOG_SD = 0.3;

const CANDLES_PER_DAY = 86_400 / CANDLE_SEC;
const STEP_SEC = CANDLE_SEC / STEPS;

/** One candle with all that happens in it, from which the candle at any moment can be told. */
export class PricedCandle {
  readonly timeSec: number;
  /** At the start, at each step, and at the end. */
  readonly pricesUsd: Float64Array;
  readonly lowUsd: number;
  readonly highUsd: number;
  /** In coins. */
  readonly volume: number;

  constructor(timeSec: number, pricesUsd: Float64Array, volume: number) {
    this.timeSec = timeSec;
    this.pricesUsd = pricesUsd;
    this.volume = volume;
    let lowUsd = Number.POSITIVE_INFINITY;
    let highUsd = 0;
    for (const priceUsd of pricesUsd) {
      if (priceUsd < lowUsd) lowUsd = priceUsd;
      if (priceUsd > highUsd) highUsd = priceUsd;
    }
    this.lowUsd = lowUsd;
    this.highUsd = highUsd;
  }

  get endSec(): number {
    return this.timeSec + CANDLE_SEC;
  }

  /** All of it. */
  closed(): Candle {
    const { timeSec, pricesUsd, highUsd, lowUsd, volume } = this;
    const [open, close] = [pricesUsd[0]!, pricesUsd[STEPS]!];
    return { timeSec, open, high: highUsd, low: lowUsd, close, volume: milli(volume) };
  }

  /** At a time within it; straight from one step to the next, so not a multiple of the tick. */
  priceUsdAt(timeSec: number): number {
    const passed = this.#stepsPassed(timeSec);
    const step = Math.floor(passed);
    const before = this.pricesUsd[step]!;
    const after = this.pricesUsd[Math.min(step + 1, STEPS)]!;
    return before + (passed - step) * (after - before);
  }

  /** As far as it has come at a time within it. */
  at(timeSec: number, ticksPerUsd: number): Candle {
    const passed = this.#stepsPassed(timeSec);
    const close = Math.round(this.priceUsdAt(timeSec) * ticksPerUsd) / ticksPerUsd;
    let high = close;
    let low = close;
    for (const priceUsd of this.pricesUsd.subarray(0, Math.floor(passed) + 1)) {
      if (priceUsd > high) high = priceUsd;
      if (priceUsd < low) low = priceUsd;
    }
    const volume = milli((this.volume * passed) / STEPS);
    return { timeSec: this.timeSec, open: this.pricesUsd[0]!, high, low, close, volume };
  }

  #stepsPassed(timeSec: number): number {
    return Math.min(Math.max((timeSec - this.timeSec) / STEP_SEC, 0), STEPS);
  }
}

/** Whole thousandths, rounded down: a candle in progress never has more than in the end. */
function milli(volume: number): number {
  return Math.floor(volume * 1000) / 1000;
}

/** The prices of one coin at any time: a function of the seed and the time. */
export class CoinPrices {
  readonly #seed: number;
  readonly #coin: DemoCoin;
  readonly #volumeStream: number;
  readonly #bitcoin: CascadePath;
  readonly #own: CascadePath | null;

  /** @param bitcoin what all coins follow, each by its beta */
  constructor(seed: number, coin: DemoCoin, bitcoin: CascadePath) {
    this.#seed = seed;
    this.#coin = coin;
    this.#volumeStream = streamOf(coin, STREAM.volume);
    this.#bitcoin = bitcoin;
    const { ownVolatility } = coin;
    const ownStream = streamOf(coin, STREAM.own);
    this.#own = ownVolatility > 0 ? new CascadePath(seed, ownStream, ownVolatility) : null;
  }

  /** @param index counts candles from 1970 */
  candle(index: number): PricedCandle {
    const { priceUsd, ticksPerUsd, beta, ownVolatility } = this.#coin;
    const bitcoin = this.#bitcoin.candle(index);
    const own = this.#own?.candle(index) ?? null;
    const pricesUsd = new Float64Array(STEPS + 1);
    for (let step = 0; step <= STEPS; step++) {
      const log = beta * bitcoin.logs[step]! + (own === null ? 0 : own.logs[step]!);
      pricesUsd[step] = Math.round(priceUsd * Math.exp(log) * ticksPerUsd) / ticksPerUsd;
    }
    const sharedVariance = (beta * BITCOIN_VOLATILITY) ** 2;
    const ownVariance = ownVolatility ** 2;
    const wildness =
      (sharedVariance * bitcoin.wildness + ownVariance * (own?.wildness ?? 0)) /
      (sharedVariance + ownVariance);
    const volume = this.#volumeUsd(index, wildness) / pricesUsd[0]!;
    return new PricedCandle(index * CANDLE_SEC, pricesUsd, volume);
  }

  #volumeUsd(index: number, wildness: number): number {
    const random = new Random(this.#seed, this.#volumeStream, index);
    const median = (this.#coin.dailyVolumeUsd / CANDLES_PER_DAY) * wildness ** VOLUME_EXPONENT;
    return random.logNormal(median, VOLUME_LOG_SD);
  }
}
