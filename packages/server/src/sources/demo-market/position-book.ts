import type { Liquidation } from '@tidegauge/liquidations';
import { Random } from '../demo/random.ts';
import type { PricedCandle } from './candle-prices.ts';
import { CANDLE_SEC, STEPS } from './cascade-path.ts';

/** No position lives longer: after as many candles the book knows nothing of the time before. */
export const POSITION_CANDLES_MAX: number = (2 * 86_400) / CANDLE_SEC;

const POSITIONS_PER_CANDLE = 8;
/** Of the traded volume: what opens highly leveraged positions that are left to the market. */
const OPENED_SHARE_OF_VOLUME = 0.015;
const SIZE_LOG_SD = 1.2;
/** Leverage is uniform in its logarithm between these. */
const LEVERAGE_MIN = 5;
const LEVERAGE_MAX = 125;
const MAINTENANCE_RATE = 0.005;
/** People run after the price: positions in the direction of the candle are the more frequent. */
const WITH_THE_MOVE_SHARE = 0.58;
/** Mean time until a position of leverage 10 is closed by its owner; falls as 1/sqrt(leverage). */
const HELD_MEAN_CANDLES = (10 * 3600) / CANDLE_SEC;

interface Position {
  readonly side: Liquidation['side'];
  readonly liquidationUsd: number;
  readonly usd: number;
  /** The candle in which its owner closes it. */
  readonly closedIndex: number;
}

/**
 * The demo's hidden truth about leverage: single positions with an owner, a size and an end of
 * their own, from which its liquidations come. It knows nothing of the model that estimates
 * them, and no figure of it comes from there, so that the model does not vouch for itself.
 */
export class PositionBook {
  readonly #seed: number;
  readonly #stream: number;
  readonly #ticksPerUsd: number;
  readonly #positions: Position[] = [];
  /** A candle that does not get there liquidates nothing, so the book need not be looked through. */
  #nearestLongUsd = 0;
  #nearestShortUsd: number = Number.POSITIVE_INFINITY;

  constructor(seed: number, stream: number, ticksPerUsd: number) {
    this.#seed = seed;
    this.#stream = stream;
    this.#ticksPerUsd = ticksPerUsd;
  }

  /**
   * What the candle liquidates, by rising time; then opens what is opened in it. To be called
   * with one candle after another.
   */
  take(candle: PricedCandle): Liquidation[] {
    const index = candle.timeSec / CANDLE_SEC;
    const { lowUsd, highUsd } = candle;
    const isCalm = lowUsd > this.#nearestLongUsd && highUsd < this.#nearestShortUsd;
    const liquidated = isCalm ? [] : this.#sweep(candle, index);
    this.#open(candle, index);
    return liquidated.sort((a, b) => a.timeSec - b.timeSec);
  }

  /** Takes out what is liquidated, and what its owner has closed in the meantime. */
  #sweep(candle: PricedCandle, index: number): Liquidation[] {
    const { lowUsd, highUsd } = candle;
    const liquidated: Liquidation[] = [];
    const positions = this.#positions;
    let kept = 0;
    this.#nearestLongUsd = 0;
    this.#nearestShortUsd = Number.POSITIVE_INFINITY;
    for (const position of positions) {
      const { side, liquidationUsd, usd, closedIndex } = position;
      if (closedIndex < index) continue;
      if (side === 'long' ? lowUsd <= liquidationUsd : highUsd >= liquidationUsd) {
        const timeSec = crossingSec(candle, side, liquidationUsd);
        liquidated.push({ timeSec, side, priceUsd: liquidationUsd, usd });
      } else {
        positions[kept++] = position;
        this.#noteLevel(position);
      }
    }
    positions.length = kept;
    return liquidated;
  }

  #noteLevel({ side, liquidationUsd }: Position): void {
    if (side === 'long') this.#nearestLongUsd = Math.max(this.#nearestLongUsd, liquidationUsd);
    else this.#nearestShortUsd = Math.min(this.#nearestShortUsd, liquidationUsd);
  }

  #open(candle: PricedCandle, index: number): void {
    const random = new Random(this.#seed, this.#stream, index);
    const { pricesUsd, volume } = candle;
    const endUsd = pricesUsd[STEPS]!;
    const isUp = endUsd >= pricesUsd[0]!;
    const openedUsd = volume * endUsd * OPENED_SHARE_OF_VOLUME;
    const medianUsd = openedUsd / POSITIONS_PER_CANDLE / Math.exp(SIZE_LOG_SD ** 2 / 2);
    for (let i = 0; i < POSITIONS_PER_CANDLE; i++) {
      const side = random.chance(WITH_THE_MOVE_SHARE) === isUp ? 'long' : 'short';
      const leverage = LEVERAGE_MIN * (LEVERAGE_MAX / LEVERAGE_MIN) ** random.unit();
      const entryUsd = pricesUsd[random.below(STEPS + 1)]!;
      const usd = Math.round(random.logNormal(medianUsd, SIZE_LOG_SD));
      const held = 1 + random.exponential(HELD_MEAN_CANDLES * Math.sqrt(10 / leverage));
      const liquidationUsd = this.#liquidationUsd(side, entryUsd, leverage);
      const isGone = side === 'long' ? endUsd <= liquidationUsd : endUsd >= liquidationUsd;
      if (isGone || usd === 0) continue;
      const closedIndex = index + Math.floor(Math.min(held, POSITION_CANDLES_MAX));
      const position: Position = { side, liquidationUsd, usd, closedIndex };
      this.#positions.push(position);
      this.#noteLevel(position);
    }
  }

  #liquidationUsd(side: Liquidation['side'], entryUsd: number, leverage: number): number {
    const distance = 1 / leverage - MAINTENANCE_RATE;
    const priceUsd = entryUsd * (side === 'long' ? 1 - distance : 1 + distance);
    return Math.round(priceUsd * this.#ticksPerUsd) / this.#ticksPerUsd;
  }
}

/** When the price first gets there, to the millisecond; it is known to do so in this candle. */
function crossingSec(
  { timeSec, pricesUsd }: PricedCandle,
  side: Liquidation['side'],
  levelUsd: number,
): number {
  const step = pricesUsd.findIndex((price) =>
    side === 'long' ? price <= levelUsd : price >= levelUsd,
  );
  if (step === 0) return timeSec;
  const before = pricesUsd[step - 1]!;
  const share = (levelUsd - before) / (pricesUsd[step]! - before);
  const passedSec = ((step - 1 + share) * CANDLE_SEC) / STEPS;
  return timeSec + Math.floor(passedSec * 1000) / 1000;
}
