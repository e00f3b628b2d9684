import type { Candle, HeatmapSnapshot, LeverageWeights } from '@tidegauge/liquidations';
import { type Clock, every } from '../clock.ts';
import type { SourceStatus } from '../sources/source.ts';
import type { Market, Venue, VenueEvent, VenueEvents } from '../sources/venue.ts';
import { type SeriesSummary, type Store, StoreError } from '../store/store.ts';
import { type HeatmapCounters, HeatmapTally } from './heatmap-counters.ts';
import type { HeatmapFeed, HeatmapMarket } from './heatmap-feed.ts';
import { HeatmapLane } from './heatmap-lane.ts';
import { HeatmapRecords } from './heatmap-records.ts';
import { type Restored, restoreLane } from './heatmap-restore.ts';
import { Silence, type StaleVenue } from './heatmap-silence.ts';
import { isMalformed, timeOf } from './heatmap-soundness.ts';
import { Slices } from './market-slices.ts';
import { atMost } from './market-wait.ts';
import { RecentEvents } from './recent-events.ts';

/** How often states are saved: what came since then is taken in again from its rows. */
const SAVE_INTERVAL_MS = 60_000;
/** A store that does not answer does not keep the server from ending. */
const STOP_WAIT_MS = 2_000;
/** How far the clocks of venues may be ahead of this machine's. */
const AHEAD_SEC_MAX = 300;
/** A map has some 40 KB: each 5 minutes they would be the largest part of the history by far. */
const MAP_INTERVAL_SEC = 3_600;
/** As often as exchanges publish open interest at the least, whatever the length of candles. */
const OPEN_INTEREST_PERIOD_SEC = 300;
/** Events ahead of time within a minute that make it certain: one may be a venue's slip. */
const AHEAD_EVENTS = 5;

export interface HeatmapPipelineOptions {
  readonly venue: Pick<Venue, 'name' | 'demo' | 'markets'>;
  readonly store: Store;
  readonly clock: Clock;
  /** False: nothing but what is stored; no state is used, as files may have come since. */
  readonly live: boolean;
  /** Instead of the learned mix; null: that one. */
  readonly leverageWeights: LeverageWeights | null;
  /** Told of each change of the venue's state. */
  readonly onStatus?: (status: SourceStatus) => void;
}

/** How a market began. */
export interface LaneStart extends Pick<Restored, 'how' | 'candles' | 'stateProblem'> {
  readonly symbol: string;
  /** Why its history could not be read, and it begins with nothing; else null. */
  readonly problem: string | null;
}

/**
 * From a venue's events to the liquidation maps: store, model, map.
 *
 * What comes is stored first and then given to the model of its market. A store that fails does
 * not stop the stream: rows wait for it and `problem` says so. Whatever comes twice, late, out of
 * order or makes no sense is counted by its kind and survived. `onEvents` never rejects.
 */
export class HeatmapPipeline implements HeatmapFeed, VenueEvents {
  readonly demo: boolean;
  readonly #options: HeatmapPipelineOptions;
  readonly #lanes: Map<string, HeatmapLane> = new Map();
  readonly #records: HeatmapRecords;
  readonly #tally = new HeatmapTally();
  readonly #ahead = new RecentEvents(AHEAD_EVENTS, 60);
  /** Null before the start, and where nothing is live. */
  #silence: Silence | null = null;
  #started = false;
  #stopped = false;
  #cancelSaving: () => void = () => {};
  #saving: Promise<void> = Promise.resolve();
  #saveProblem: string | null = null;
  /** By symbol: why its history could not be read. */
  readonly #unread: Map<string, string> = new Map();

  constructor(options: HeatmapPipelineOptions) {
    this.#options = options;
    this.demo = options.venue.demo;
    this.#records = new HeatmapRecords(options.store, options.clock);
    for (const market of options.venue.markets) {
      this.#lanes.set(market.symbol, this.#emptyLane(market));
    }
  }

  /** Reads what is stored; the venue may start once it has resolved. Never rejects for the store. */
  async start(): Promise<readonly LaneStart[]> {
    if (this.#started) throw new Error('a heatmap pipeline starts once');
    this.#started = true;
    const { venue, store, clock, live } = this.#options;
    const symbols = venue.markets.map(({ symbol }) => symbol);
    if (live) this.#silence = new Silence(venue.name, symbols, clock.nowSec());
    const starts: LaneStart[] = [];
    const summaries = venue.markets.length === 0 ? Promise.resolve([]) : store.series();
    const slices = new Slices();
    for (const market of venue.markets) {
      if (this.#stopped) return starts;
      starts.push(await this.#restore(market, summaries));
      await slices.breathe();
    }
    if (this.#stopped) return starts;
    this.#cancelSaving = every(clock, SAVE_INTERVAL_MS, () => {
      this.#saving = this.#saving.then(() => this.#save());
    });
    return starts;
  }

  /** Stores what waits and the states of the models. No event is taken any more. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelSaving();
    await this.#records.stop();
    if (!this.#started) return;
    const saved = this.#saving.then(() => this.#save());
    await atMost(this.#options.clock, STOP_WAIT_MS, saved);
  }

  markets(): readonly HeatmapMarket[] {
    const { venue } = this.#options;
    return venue.markets.map(({ symbol, intervalSec }) => ({
      symbol,
      intervalSec,
      venues: [venue.name],
      bucketUsd: this.#lanes.get(symbol)!.bucketUsd,
    }));
  }

  snapshot(symbol: string): HeatmapSnapshot | null {
    return this.#lanes.get(symbol)?.snapshot() ?? null;
  }

  /** A market's newest candle while it is not closed; null: none. */
  candleInProgress(symbol: string): Candle | null {
    return this.#lanes.get(symbol)?.inProgress ?? null;
  }

  knownUntilSec(symbol: string): number | null {
    return this.#lanes.get(symbol)?.newestClosedSec ?? null;
  }

  onStatus(status: SourceStatus): void {
    if (!this.#stopped) this.#options.onStatus?.(status);
  }

  async onEvents(batch: readonly VenueEvent[]): Promise<void> {
    if (this.#stopped) return;
    const nowSec = this.#options.clock.nowSec();
    const sound = batch.filter((event) => this.#isSound(event, nowSec));
    for (const event of sound) this.#records.add(this.#lanes.get(event.symbol)!.market, event);
    const slices = new Slices();
    await this.#records.write();
    await slices.breathe();
    const closed = new Map<string, number>();
    for (const event of sound) {
      this.#take(event, nowSec, closed);
      await slices.breathe();
    }
    for (const lane of this.#lanes.values()) {
      lane.settle();
      await slices.breathe();
    }
    this.#recordMaps(closed, nowSec);
    await this.#records.write();
  }

  counters(): HeatmapCounters {
    return this.#tally.read(this.#records.counters());
  }

  /** The venue, once it has said nothing for over 30 s; else none. */
  staleSources(nowSec: number): readonly StaleVenue[] {
    const stale = this.#silence?.staleVenue(nowSec) ?? null;
    return stale === null ? [] : [stale];
  }

  /** What is wrong with the data or with keeping it, for a person; null when nothing is. */
  problem(nowSec: number): string | null {
    const problems = [
      ...this.#unread.values(),
      this.#records.problem(),
      this.#saveProblem,
      this.#silence?.problem(nowSec) ?? null,
      this.#ahead.holds(nowSec)
        ? `${this.#options.venue.name} sends times that lie ahead of this machine's clock, which ` +
          'are left out: set the clock'
        : null,
    ].filter((each) => each !== null);
    return problems.length === 0 ? null : problems.join('. ');
  }

  #isSound(event: VenueEvent, nowSec: number): boolean {
    const lane = this.#lanes.get(event.symbol);
    if (lane === undefined) {
      this.#tally.counts.unknownSymbol += 1;
      return false;
    }
    const timeSec = timeOf(event);
    if (isMalformed(event, lane.market)) {
      this.#tally.malformed[event.kind] += 1;
      return false;
    }
    if (timeSec > nowSec + AHEAD_SEC_MAX) {
      this.#tally.counts.ahead += 1;
      this.#ahead.add(nowSec);
      return false;
    }
    this.#silence?.heard(event.symbol, nowSec);
    return true;
  }

  /** @param closed gets the end of the newest candle that each market closed */
  #take(event: VenueEvent, nowSec: number, closed: Map<string, number>): void {
    const lane = this.#lanes.get(event.symbol)!;
    const { counts } = this.#tally;
    if (event.kind === 'liquidation') {
      counts.liquidations += 1;
    } else if (event.kind === 'open_interest') {
      if (lane.takeOpenInterest(event.sample) === 'too_late') counts.tooLate += 1;
      else counts.openInterest += 1;
    } else {
      const { intervalSec } = lane.market;
      const beforeSec = lane.newestClosedSec;
      const fate = lane.takeCandle(event.candle, event.closed, nowSec);
      this.#tally.addCandle(fate);
      if (fate !== 'new') return;
      const { timeSec } = event.candle;
      if (beforeSec !== null) counts.missing += (timeSec - beforeSec) / intervalSec - 1;
      closed.set(event.symbol, timeSec + intervalSec);
    }
  }

  /** The maps of hours that ended just now; those of history can be computed again. */
  #recordMaps(closed: ReadonlyMap<string, number>, nowSec: number): void {
    for (const [symbol, timeSec] of closed) {
      const lane = this.#lanes.get(symbol)!;
      if (timeSec % MAP_INTERVAL_SEC !== 0 || timeSec <= nowSec - lane.market.intervalSec) continue;
      const snapshot = lane.snapshot();
      if (snapshot !== null) this.#records.addMap(lane.market, timeSec, snapshot);
    }
  }

  async #restore(market: Market, summaries: Promise<readonly SeriesSummary[]>): Promise<LaneStart> {
    const { store, clock, leverageWeights, live } = this.#options;
    const { symbol, intervalSec } = market;
    try {
      const all = await summaries;
      const { lane, ...start } = await restoreLane({
        store,
        market,
        leverageWeights,
        summary:
          all.find((each) => each.symbol === symbol && each.intervalSec === intervalSec) ?? null,
        openInterestPeriodSec: live ? Math.max(OPEN_INTEREST_PERIOD_SEC, intervalSec) : null,
        fromState: live,
        untilSec: live ? clock.nowSec() + AHEAD_SEC_MAX : Number.POSITIVE_INFINITY,
      });
      this.#lanes.set(symbol, lane);
      return { symbol, ...start, problem: null };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#unread.set(symbol, `the history of ${symbol} could not be read: ${error.message}`);
      return { symbol, how: 'empty', candles: 0, stateProblem: null, problem: error.message };
    }
  }

  /** The states of models that hold something new. */
  async #save(): Promise<void> {
    for (const lane of this.#lanes.values()) {
      if (!lane.unsaved) continue;
      const saved = lane.save();
      if (saved === null) continue;
      lane.unsaved = false;
      const { symbol, intervalSec } = lane.market;
      try {
        await this.#options.store.saveEngine({ symbol, intervalSec, ...saved });
        this.#tally.counts.saves += 1;
        this.#saveProblem = null;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        lane.unsaved = true;
        this.#tally.counts.failedSaves += 1;
        this.#saveProblem = `the state of ${symbol} could not be saved: ${error.message}`;
      }
    }
  }

  #emptyLane(market: Market): HeatmapLane {
    const { leverageWeights } = this.#options;
    const openInterestPeriodSec = Math.max(OPEN_INTEREST_PERIOD_SEC, market.intervalSec);
    return new HeatmapLane({ market, leverageWeights, openInterestPeriodSec });
  }
}
