import type { Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { CoinPrices, type PricedCandle } from './candle-prices.ts';
import { CANDLE_SEC, CascadePath } from './cascade-path.ts';
import type { DemoCoin } from './demo-coins.ts';
import { POSITION_CANDLES_MAX, PositionBook } from './position-book.ts';
import { STREAM, streamOf } from './streams.ts';

/** Everything that happens on a market in one candle. */
export interface MarketCandle {
  readonly prices: PricedCandle;
  /** By rising time. */
  readonly liquidations: readonly Liquidation[];
  /** At the end of the candle. */
  readonly openInterest: OpenInterest;
}

const OPEN_INTEREST_VOLATILITY = 0.45;
/** For each dollar liquidated as many are closed in fright, and come back over some hours. */
const CLOSED_PER_LIQUIDATED = 8;
const RETURN_CANDLES = (6 * 3600) / CANDLE_SEC;
/** After four times as long hardly 2 % of a fright is left: it is forgotten whole. */
const FRIGHT_CANDLES = 4 * RETURN_CANDLES;
const CLOSED_SHARE_MAX = 0.4;

/** Candles to let pass before what a market shows is a function of seed and time alone. */
export const WARM_UP_CANDLES: number = POSITION_CANDLES_MAX + FRIGHT_CANDLES;

/**
 * One market of the demo, candle by candle. After `WARM_UP_CANDLES` of them nothing of what it
 * shows depends on where it began.
 */
export class DemoMarket {
  readonly coin: DemoCoin;
  readonly #prices: CoinPrices;
  readonly #book: PositionBook;
  readonly #interest: CascadePath;
  /** Share of the open interest that was closed by force and fright, of the newest candles. */
  readonly #closedShares: number[] = [];
  #index: number;

  /** @param bitcoin what every market follows: one path for all of them, as it draws each once */
  constructor(seed: number, coin: DemoCoin, bitcoin: CascadePath, firstIndex: number) {
    this.coin = coin;
    this.#index = firstIndex;
    this.#prices = new CoinPrices(seed, coin, bitcoin);
    this.#book = new PositionBook(seed, streamOf(coin, STREAM.positions), coin.ticksPerUsd);
    const stream = streamOf(coin, STREAM.openInterest);
    this.#interest = new CascadePath(seed, stream, OPEN_INTEREST_VOLATILITY);
  }

  next(): MarketCandle {
    const index = this.#index++;
    const prices = this.#prices.candle(index);
    const liquidations = this.#book.take(prices);
    const calmUsd = this.coin.openInterestUsd * Math.exp(this.#interest.logAtEnd(index));
    const usd = Math.round(calmUsd * (1 - this.#closedShare(liquidations)));
    return { prices, liquidations, openInterest: { timeSec: prices.endSec, usd } };
  }

  #closedShare(liquidations: readonly Liquidation[]): number {
    const liquidatedUsd = liquidations.reduce((sum, { usd }) => sum + usd, 0);
    const shares = this.#closedShares;
    shares.push((CLOSED_PER_LIQUIDATED * liquidatedUsd) / this.coin.openInterestUsd);
    if (shares.length > FRIGHT_CANDLES) shares.shift();
    // Summed anew, from the newest on: a running sum would remember where it began.
    const newest = shares.length - 1;
    let closed = 0;
    for (let age = 0; age <= newest; age++) closed += shares[newest - age]! * LEFT[age]!;
    return Math.min(closed, CLOSED_SHARE_MAX);
  }
}

const LEFT: readonly number[] = Array.from({ length: FRIGHT_CANDLES }, (_, age) =>
  Math.exp(-age / RETURN_CANDLES),
);
