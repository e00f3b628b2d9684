import type { VenueEvent } from '../venue.ts';
import type { DemoMarket, MarketCandle } from './demo-market.ts';

/** Plays a market as a venue would tell of it: each event once its time has come. */
export class MarketTape {
  readonly #market: DemoMarket;
  #current: MarketCandle;
  /** How many liquidations of the current candle were told. */
  #told = 0;

  constructor(market: DemoMarket) {
    this.#market = market;
    this.#current = market.next();
  }

  /** When the candle in progress ends. */
  get endSec(): number {
    return this.#current.prices.endSec;
  }

  /** Goes on to the next candle and tells nothing of this one. */
  skipCandle(): void {
    this.#current = this.#market.next();
    this.#told = 0;
  }

  /** What is left to tell of the candle once it is over; goes on to the next one. */
  finishCandle(): VenueEvent[] {
    const { symbol } = this.#market.coin;
    const { prices, openInterest } = this.#current;
    const events = this.#liquidationsUntil(prices.endSec);
    events.push({ kind: 'candle', symbol, candle: prices.closed(), closed: true });
    events.push({ kind: 'open_interest', symbol, sample: openInterest });
    this.skipCandle();
    return events;
  }

  /** What happened since it was asked last, and the candle in progress as it stands. */
  progress(nowSec: number): VenueEvent[] {
    const { symbol, ticksPerUsd } = this.#market.coin;
    const candle = this.#current.prices.at(nowSec, ticksPerUsd);
    const events = this.#liquidationsUntil(nowSec);
    events.push({ kind: 'candle', symbol, candle, closed: false });
    return events;
  }

  #liquidationsUntil(timeSec: number): VenueEvent[] {
    const { symbol } = this.#market.coin;
    const { liquidations } = this.#current;
    const events: VenueEvent[] = [];
    for (; this.#told < liquidations.length; this.#told++) {
      const liquidation = liquidations[this.#told]!;
      if (liquidation.timeSec > timeSec) break;
      events.push({ kind: 'liquidation', symbol, liquidation });
    }
    return events;
  }
}
