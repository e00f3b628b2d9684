import { type Clock, systemClock } from '../clock.ts';
import { CANDLE_SEC, CascadePath } from './demo-market/cascade-path.ts';
import { BITCOIN_VOLATILITY, DEMO_COINS } from './demo-market/demo-coins.ts';
import { DemoMarket, WARM_UP_CANDLES } from './demo-market/demo-market.ts';
import { MarketTape } from './demo-market/market-tape.ts';
import { STREAM } from './demo-market/streams.ts';
import type { SourceStatus } from './source.ts';
import { StatusRecord } from './status-record.ts';
import type { Market, Venue, VenueEvent, VenueEvents } from './venue.ts';

export interface DemoVenueOptions {
  /** An integer; the same seed gives the same candle at the same time, whenever it is started. */
  readonly seed: number;
  /** How much of the time before the start it brings where nothing is known. Default: 7 days. */
  readonly historySec?: number;
  readonly clock?: Clock;
}

const HISTORY_SEC = 7 * 86_400;
/** How often candles in progress are told of. */
const LIVE_INTERVAL_MS = 1000;
/** History comes in batches of about as many: a database takes thousands of rows as fast as ten. */
const BATCH_EVENTS = 5_000;
/** Longest stretch of making candles before timers and sockets have their turn. */
const SLICE_MS = 4;

/**
 * Futures markets made up from a seed, for whoever has no venue yet: first the days before, so
 * that the map is full at once, then live. Prices, volume, open interest and liquidations at a
 * time are a function of seed and time alone: history made later is what was live before.
 */
export class DemoVenue implements Venue {
  readonly name = 'demo-market';
  readonly demo = true;
  readonly markets: readonly Market[] = DEMO_COINS.map(({ symbol }) => ({
    symbol,
    intervalSec: CANDLE_SEC,
  }));
  readonly #seed: number;
  readonly #historySec: number;
  readonly #clock: Clock;
  readonly #record: StatusRecord;
  #tapes: readonly MarketTape[] = [];
  /** When the first candle to tell of opens, by market. */
  #fromSec: readonly number[] = [];
  #nowSec = 0;
  #started: Promise<void> | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => {};

  constructor({ seed, historySec = HISTORY_SEC, clock = systemClock }: DemoVenueOptions) {
    this.#seed = seed;
    this.#historySec = historySec;
    this.#clock = clock;
    this.#record = new StatusRecord(this.name, clock);
  }

  async start(events: VenueEvents): Promise<void> {
    if (this.#started !== null || this.#stopped) throw new Error('a demo venue starts once');
    this.#record.listen((status) => events.onStatus(status));
    this.#record.change('connected', null);
    this.#started = this.#bringHistory(events);
    await this.#started;
    if (!this.#stopped) this.#running = this.#run(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#record.listen(null);
    this.#wake();
    await this.#started;
    await this.#running;
  }

  status(): SourceStatus {
    return this.#record.read();
  }

  async #bringHistory(events: VenueEvents): Promise<void> {
    const candleSec = (timeSec: number): number => timeSec - (timeSec % CANDLE_SEC);
    const openSec = candleSec(this.#moveOn());
    const firstSec = candleSec(openSec - this.#historySec);
    // The newest one that is known comes again, as its open interest may not have been kept.
    this.#fromSec = this.markets.map(({ symbol }) =>
      Math.min(openSec, Math.max(firstSec, events.knownUntilSec(symbol) ?? firstSec)),
    );
    const firstIndex = Math.min(...this.#fromSec) / CANDLE_SEC - WARM_UP_CANDLES;
    const bitcoin = new CascadePath(this.#seed, STREAM.bitcoin, BITCOIN_VOLATILITY);
    this.#tapes = DEMO_COINS.map(
      (coin) => new MarketTape(new DemoMarket(this.#seed, coin, bitcoin, firstIndex)),
    );
    await this.#tell(events);
  }

  async #run(events: VenueEvents): Promise<void> {
    while (!this.#stopped) {
      await this.#sleep(LIVE_INTERVAL_MS);
      await this.#tell(events);
    }
  }

  /** Everything that happened until now, made in slices, and then the candles in progress. */
  async #tell(events: VenueEvents): Promise<void> {
    let batch: VenueEvent[] = [];
    while (!this.#stopped && this.#tapes[0]!.endSec <= this.#moveOn()) {
      this.#finishCandles(batch);
      await nextTurn();
      if (batch.length < BATCH_EVENTS) continue;
      await this.#handOn(events, batch);
      batch = [];
    }
    await this.#handOn(events, batch);
    const nowSec = this.#moveOn();
    const inProgress = this.#tapes.flatMap((tape) => tape.progress(nowSec));
    await this.#handOn(events, inProgress);
  }

  /** All markets candle by candle, as far as one slice goes. */
  #finishCandles(batch: VenueEvent[]): void {
    const endMs = performance.now() + SLICE_MS;
    while (this.#tapes[0]!.endSec <= this.#nowSec && performance.now() < endMs) {
      for (const [i, tape] of this.#tapes.entries()) {
        if (tape.endSec <= this.#fromSec[i]!) tape.skipCandle();
        else batch.push(...tape.finishCandle());
      }
    }
  }

  async #handOn(events: VenueEvents, batch: readonly VenueEvent[]): Promise<void> {
    if (batch.length === 0 || this.#stopped) return;
    this.#record.frames += batch.length;
    this.#record.lastFrameSec = this.#clock.nowSec();
    await events.onEvents(batch);
  }

  /** The demo's time: that of the clock, but it stands still while a clock was set back. */
  #moveOn(): number {
    this.#nowSec = Math.max(this.#nowSec, this.#clock.nowSec());
    return this.#nowSec;
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
