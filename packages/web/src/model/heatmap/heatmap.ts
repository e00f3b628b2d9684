/** Everything the page knows of the liquidation map. Updates go in; the views read. */
import type { FeedStatus, HeatmapUpdate, Warning } from '@tidegauge/client';
import type { LoadState } from '../../rest/loader.ts';
import type { Health } from '../../wire/health.ts';
import { heatSnapshot } from '../../wire/heatmap/heat-snapshot.ts';
import type { HeatSnapshot, Market, Markets } from '../../wire/heatmap/heatmap-incoming.ts';
import { IDLE, isReached } from '../line-status.ts';
import { ServerClock } from '../server-clock.ts';
import type { TimeBounds, TimeWindow } from '../time-window.ts';
import { entryFrom } from './by-time.ts';
import { isFromFiles, isLongAgo, lacksOpenInterest } from './data-end.ts';
import { type HeatStatus, heatStatus } from './heat-status.ts';
import { boundsFor, type HeatView, rangeView, type ViewFacts, zoomView } from './heat-view.ts';
import { type Lack, LoadedMaps } from './loaded-maps.ts';
import type { HistoryPart, MapHistory } from './map-history.ts';
import { RANGE_DEFAULT, type RangeName } from './time-plan.ts';

/** What a person wants to see. */
export interface HeatChoice {
  /** As it stands in the address; null for whatever the server offers first. */
  readonly symbol: string | null;
  readonly range: RangeName;
  /** Null: the whole range. */
  readonly zoom: TimeWindow | null;
}

/** The server hears nothing of the market. */
interface Silence {
  readonly sinceSec: number | null;
  /** What was newest when that was said. */
  readonly lastMap: HeatSnapshot | null;
}

export class Heatmap {
  /** What is here of the market's past. */
  readonly maps: LoadedMaps = new LoadedMaps();
  /** That of the price, which always comes. */
  readonly clock: ServerClock;

  line: FeedStatus = IDLE;
  choice: HeatChoice = { symbol: null, range: RANGE_DEFAULT, zoom: null };
  /** Null before the server told them. */
  markets: readonly Market[] | null = null;
  marketsLoad: LoadState = { kind: 'idle' };
  historyLoad: LoadState = { kind: 'idle' };
  /** 0 to 1: how much of the map is hidden as too faint (see `densityScale`). */
  threshold = 0;
  /** More columns than this are finer than the screen. */
  columnsMax = 400;
  snapshot: HeatSnapshot | null = null;
  /** What is wrong with where the maps come from, for a person; null when nothing is known. */
  venueProblem: string | null = null;
  demo = false;
  #settled = false;
  #refused = false;
  #stale: Silence | null = null;

  constructor(clock: ServerClock = new ServerClock()) {
    this.clock = clock;
  }

  /** The market that is shown; null before the markets are known, or when there is none such. */
  get market(): Market | null {
    const { markets, choice } = this;
    if (!markets) return null;
    if (choice.symbol === null) return markets[0] ?? null;
    const wanted = choice.symbol.toUpperCase();
    return markets.find(({ symbol }) => symbol.toUpperCase() === wanted) ?? null;
  }

  /** The choice with the symbol that it came to. */
  get shownChoice(): HeatChoice {
    return { ...this.choice, symbol: this.market?.symbol ?? this.choice.symbol };
  }

  /** The symbol that was asked for and is not there. */
  get unknownSymbol(): string | null {
    const { markets, market, choice } = this;
    if (!markets) return null;
    return market ? (this.#refused ? market.symbol : null) : choice.symbol;
  }

  /**
   * What is to be seen; null without a market.
   * @param zoom null for the range
   */
  view(nowMs: number, zoom: TimeWindow | null = this.choice.zoom): HeatView | null {
    const facts = this.#viewFacts(nowMs);
    if (!facts) return null;
    return zoom ? zoomView(zoom, facts) : rangeView(this.choice.range, facts);
  }

  /** The same as a window that a person can move. */
  window(nowMs: number, zoom: TimeWindow | null = this.choice.zoom): TimeWindow | null {
    const view = this.view(nowMs, zoom);
    if (!view) return null;
    const { fromSec, toSec, follows } = view;
    return { spanSec: toSec - fromSec, endSec: follows ? null : toSec };
  }

  /** How far what is seen may be moved. */
  bounds(nowMs: number): TimeBounds | null {
    const [facts, view] = [this.#viewFacts(nowMs), this.view(nowMs)];
    return facts && view && boundsFor(view.toSec - view.fromSec, facts);
  }

  /** Whether all of the past that is to be seen is here. */
  isComplete(nowMs: number): boolean {
    const view = this.view(nowMs);
    return view !== null && this.maps.has(view);
  }

  /** When what is seen of the past begins; null when there is none of it. */
  beginsSec(nowMs: number): number | null {
    const view = this.view(nowMs);
    if (!view) return null;
    const begins = this.maps
      .shown(view)
      .map((map) => firstSeenSec(map, view.fromSec))
      .filter((sec) => sec < view.toSec);
    return begins.length === 0 ? null : Math.min(...begins);
  }

  status(nowMs: number): HeatStatus {
    const { line, unknownSymbol, market, snapshot } = this;
    const facts = { line, hasSnapshot: snapshot !== null, unknownSymbol };
    const pastSec = this.pastSec(nowMs);
    const stale = this.#stale && { sinceSec: this.#staleSinceSec(this.#stale.sinceSec) };
    const fromFiles = market !== null && isFromFiles(market);
    return heatStatus({ ...facts, isSettled: this.#settled, stale, pastSec, fromFiles }, nowMs);
  }

  /** Of when the newest data is, where that is not now: no more comes, or none came for long. */
  pastSec(nowMs: number): number | null {
    const { market, snapshot } = this;
    if (!market || !snapshot) return null;
    const { timeSec } = snapshot;
    const nowSec = this.clock.nowSec(nowMs);
    return isFromFiles(market) || isLongAgo(timeSec, nowSec, market.intervalSec) ? timeSec : null;
  }

  /** What the range looks back from: now, or the end of the data. */
  endSec(nowMs: number): number {
    return this.pastSec(nowMs) ?? this.clock.nowSec(nowMs);
  }

  /** True: nothing is known of the levels, as far as the past is here. */
  get lacksOpenInterest(): boolean {
    const { market, snapshot, maps } = this;
    if (!market || !snapshot) return false;
    return lacksOpenInterest(snapshot, maps.columns, market.intervalSec);
  }

  /** @returns whether another market is shown now */
  choose(choice: HeatChoice): boolean {
    const before = this.market?.symbol;
    this.choice = choice;
    const moved = this.market?.symbol !== before;
    if (moved) this.#leaveMarket();
    return moved;
  }

  takeHealth({ venues }: Health): void {
    const troubled = venues.find(({ detail }) => detail !== null);
    this.venueProblem = troubled ? `${troubled.name}: ${troubled.detail}` : null;
  }

  /** @returns whether another market is shown now */
  takeMarkets({ markets, demo }: Markets): boolean {
    const before = this.market?.symbol;
    this.markets = markets;
    this.demo = demo;
    if (this.market?.symbol === before) return false;
    this.#leaveMarket();
    return true;
  }

  /** @param closedSec slots that ended by then are in it */
  takeHistory(part: HistoryPart, lack: Lack, closedSec: number, nowMs: number): void {
    const facts = this.#viewFacts(nowMs);
    if (!facts) return;
    this.maps.take(part, lack, closedSec, rangeView(this.choice.range, facts));
    if (this.snapshot) this.maps.followPrice(this.snapshot);
  }

  lineChanged(line: FeedStatus): void {
    // The next line may lead to another server: what only this one said is taken back.
    if (isReached(this.line) && !isReached(line)) this.#stale = null;
    this.line = line;
  }

  /** A question for maps is on its way: what is held may be old until it is answered. */
  unsettle(): void {
    this.#settled = false;
  }

  /** The server has answered the newest question: what it has of the market is here. */
  settle(): void {
    this.#settled = true;
  }

  takeMap(update: HeatmapUpdate): void {
    const snapshot = heatSnapshot(update);
    // One of a symbol that was left may still be on its way.
    if (!snapshot || snapshot.symbol !== this.market?.symbol) return;
    const lastSec = this.snapshot?.timeSec ?? snapshot.timeSec;
    const wasSilent = isLongAgo(lastSec, snapshot.timeSec, this.market.intervalSec);
    if (wasSilent) this.maps.dropBeyond(lastSec);
    this.demo = update.demo;
    this.snapshot = snapshot;
    this.#settled = true;
    this.#refused = false;
    if (this.#stale && isNewerThan(snapshot, this.#stale)) this.#stale = null;
    this.maps.followPrice(snapshot);
  }

  takeWarning({ code, sinceMs }: Warning): void {
    if (code !== 'SOURCE_STALE') return;
    this.#stale = { sinceSec: sinceMs === null ? null : sinceMs / 1000, lastMap: this.snapshot };
  }

  /** The server does not carry it after all. */
  refuse(symbol: string): void {
    if (symbol === this.market?.symbol) this.#refused = true;
  }

  #viewFacts(nowMs: number): ViewFacts | null {
    const { market, columnsMax } = this;
    if (!market) return null;
    return { columnsMax, ownIntervalSec: market.intervalSec, endSec: this.endSec(nowMs) };
  }

  #leaveMarket(): void {
    this.snapshot = null;
    this.maps.clear();
    this.#settled = false;
    this.#refused = false;
  }

  /** A server that was started in the silence counts it from then: the data may be far older. */
  #staleSinceSec(sinceSec: number | null): number | null {
    const { market, snapshot } = this;
    if (sinceSec === null || !market || !snapshot) return sinceSec;
    const { timeSec } = snapshot;
    return isLongAgo(timeSec, sinceSec, market.intervalSec) ? timeSec : sinceSec;
  }
}

/** Beginning of the first slot, of those that are not over by then, of which anything is known. */
function firstSeenSec({ columns, candles, intervalSec }: MapHistory, fromSec: number): number {
  const column = columns[entryFrom(columns, fromSec + 1)];
  const candle = candles[entryFrom(candles, fromSec - intervalSec + 1)];
  const none = Number.POSITIVE_INFINITY;
  return Math.min((column?.timeSec ?? none) - intervalSec, candle?.timeSec ?? none);
}

/** A map of after the silence; the last one of before it may come after the warning. */
function isNewerThan(map: HeatSnapshot, { sinceSec, lastMap }: Silence): boolean {
  return sinceSec === null ? map !== lastMap : map.timeSec > sinceSec;
}
