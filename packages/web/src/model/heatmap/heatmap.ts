/** Everything the page knows of the liquidation map. Messages go in; the views read. */
import { PROTOCOL_VERSION } from '@tidegauge/protocol';
import type { LineState } from '../../line/line-state.ts';
import type { LoadState } from '../../line/loader.ts';
import type { Health } from '../../wire/health.ts';
import type {
  HeatmapIncoming,
  HeatSnapshot,
  Market,
  Markets,
  SnapshotMessage,
} from '../../wire/heatmap/heatmap-incoming.ts';
import type { Hello, ServerError, Warning } from '../../wire/incoming.ts';
import { ServerClock } from '../server-clock.ts';
import { isFromFiles, isLongAgo, lacksOpenInterest } from './data-end.ts';
import { type HeatStatus, heatStatus } from './heat-status.ts';
import { type HistoryPart, MapHistory } from './map-history.ts';
import { planTime, RANGE_DEFAULT, type RangeName, slotEndSec, type TimePlan } from './time-plan.ts';

/** As long as for the price: three warnings are sent before a cut. */
const SLOW_SHOWN_MS = 15_000;

/** What a person wants to see. */
export interface HeatChoice {
  /** As it stands in the address; null for whatever the server offers first. */
  readonly symbol: string | null;
  readonly range: RangeName;
}

export class Heatmap {
  readonly history: MapHistory = new MapHistory();
  readonly clock: ServerClock = new ServerClock();

  line: LineState = { kind: 'closed' };
  choice: HeatChoice = { symbol: null, range: RANGE_DEFAULT };
  /** Null before the server told them. */
  markets: readonly Market[] | null = null;
  marketsLoad: LoadState = { kind: 'idle' };
  historyLoad: LoadState = { kind: 'idle' };
  /** More columns than this are finer than the screen. */
  columnsMax = 400;
  snapshot: HeatSnapshot | null = null;
  /** What is wrong with where the maps come from, for a person; null when nothing is known. */
  venueProblem: string | null = null;
  demo = false;
  newerProtocol: number | null = null;
  /** What the server last called wrong with what this page said. */
  serverError: string | null = null;
  slowUntilMs = 0;
  malformedCount = 0;
  unknownCount = 0;
  #settled = false;
  #refused = false;
  #stale: { readonly sinceSec: number | null; readonly seq: number | null } | null = null;

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

  get plan(): TimePlan | null {
    const { market } = this;
    return market && planTime(this.choice.range, this.columnsMax, market.intervalSec);
  }

  status(nowMs: number): HeatStatus {
    const { line, unknownSymbol, slowUntilMs } = this;
    const { market, snapshot } = this;
    const facts = { line, hasSnapshot: snapshot !== null, unknownSymbol, slowUntilMs };
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

  /** True: nothing is known of the levels, in the whole range. */
  get lacksOpenInterest(): boolean {
    const { market, snapshot, history } = this;
    if (!market || !snapshot) return false;
    return lacksOpenInterest(snapshot, history.columns, market.intervalSec);
  }

  /** @returns whether another market is shown now */
  choose(choice: HeatChoice): boolean {
    const before = this.market?.symbol;
    const sameRange = choice.range === this.choice.range;
    this.choice = choice;
    const moved = this.market?.symbol !== before;
    if (moved) this.#leaveMarket();
    else if (!sameRange) this.history.clear();
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

  takeHistory(part: HistoryPart, whole: boolean): void {
    const { plan } = this;
    if (!plan) return;
    if (whole) this.history.replace(part, plan);
    else this.history.add(part, plan);
    if (this.snapshot) this.history.followPrice(this.snapshot, plan);
  }

  lineChanged(line: LineState): void {
    this.line = line;
    if (line.kind !== 'open') return;
    // A new line may lead to another server: what only the last one said is taken back.
    this.clock.forget();
    this.#settled = false;
    this.#stale = null;
    this.slowUntilMs = 0;
    this.newerProtocol = null;
    this.serverError = null;
  }

  /** The server has answered the newest subscription: what it has of the market is here. */
  settle(): void {
    this.#settled = true;
  }

  take(message: HeatmapIncoming, nowMs: number): void {
    switch (message.kind) {
      case 'hello':
        this.#takeHello(message, nowMs);
        break;
      case 'snapshot':
        this.#takeSnapshot(message);
        break;
      case 'warning':
        this.#takeWarning(message, nowMs);
        break;
      case 'error':
        this.#takeError(message);
        break;
      case 'malformed':
        this.malformedCount += 1;
        break;
      case 'unknown':
        this.unknownCount += 1;
        break;
      case 'pong':
        break;
    }
  }

  /** Lets go of what has left the range. */
  forgetOld(nowMs: number): void {
    const { plan } = this;
    if (!plan) return;
    const endSec = slotEndSec(plan, this.endSec(nowMs));
    this.history.dropBefore(endSec - plan.slotCount * plan.intervalSec);
  }

  #leaveMarket(): void {
    this.snapshot = null;
    this.history.clear();
    this.serverError = null;
    this.#settled = false;
    this.#refused = false;
  }

  #takeHello(hello: Hello, nowMs: number): void {
    this.demo = hello.demo;
    this.newerProtocol = hello.protocol > PROTOCOL_VERSION ? hello.protocol : null;
    if (hello.timeSec !== null) this.clock.observe(hello.timeSec, nowMs);
  }

  #takeSnapshot({ snapshot, demo }: SnapshotMessage): void {
    const { snapshot: held, plan } = this;
    // One of a symbol that was left may still be on its way.
    if (snapshot.symbol !== this.market?.symbol) return;
    if (held?.epoch === snapshot.epoch && snapshot.seq <= held.seq) return;
    this.demo = demo;
    this.snapshot = snapshot;
    this.#settled = true;
    this.#refused = false;
    if (this.#stale && isNewerThan(snapshot, this.#stale)) this.#stale = null;
    if (plan) this.history.followPrice(snapshot, plan);
  }

  /** A server that was started in the silence counts it from then: the data may be far older. */
  #staleSinceSec(sinceSec: number | null): number | null {
    const { market, snapshot } = this;
    if (sinceSec === null || !market || !snapshot) return sinceSec;
    const { timeSec } = snapshot;
    return isLongAgo(timeSec, sinceSec, market.intervalSec) ? timeSec : sinceSec;
  }

  #takeWarning({ code, sinceSec }: Warning, nowMs: number): void {
    if (code === 'SLOW_CONSUMER') this.slowUntilMs = nowMs + SLOW_SHOWN_MS;
    if (code === 'SOURCE_STALE') this.#stale = { sinceSec, seq: this.snapshot?.seq ?? null };
  }

  #takeError({ code, message }: ServerError): void {
    if (code === 'INVALID_SYMBOL') this.#refused = true;
    else this.serverError = `${code}: ${message}`;
  }
}

/** A map of after the silence; the last one of before it may come after the warning. */
function isNewerThan(
  { timeSec, seq }: HeatSnapshot,
  stale: { readonly sinceSec: number | null; readonly seq: number | null },
): boolean {
  return stale.sinceSec === null ? seq !== stale.seq : timeSec > stale.sinceSec;
}
