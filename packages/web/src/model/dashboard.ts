/** Everything the page knows. Updates go in; the views read. No browser, no clock of its own. */
import type {
  ConfirmedUpdate,
  FeedStatus,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Update,
  Warning,
} from '@tidegauge/client';
import type { Health, LastBlock } from '../wire/health.ts';
import type { PastPrice } from '../wire/read-price-history.ts';
import { IDLE, isReached, type LineFacts, type LineStatus, lineStatus } from './line-status.ts';
import { placeByBlock } from './place-blocks.ts';
import { PointRing } from './point-ring.ts';
import { PriceHistory } from './price-history.ts';
import { PRICE_CHOICE_DEFAULT, type PriceChoice } from './price-span.ts';
import { priceBounds } from './price-window.ts';
import { ServerClock } from './server-clock.ts';
import { type OtherVersion, otherVersion } from './server-version.ts';
import { WINDOW_SEC } from './time-span.ts';

/** 5,400 samples in three hours: more than the panel has pixels on most screens. */
const HISTORY_SLICE_SEC = 2;
/** The past is told by the minute; where a minute is missing, the line goes on. */
const TOLD_APART_MAX_SEC = 150;
/** It is asked for every 5 s: two answers may be missing. */
const HEALTH_HOLDS_MS = 15_000;

export class Dashboard implements LineFacts {
  readonly mempoolPoints: PointRing = new PointRing();
  readonly confirmedPoints: PointRing = new PointRing();
  readonly priceHistory: PriceHistory = new PriceHistory(HISTORY_SLICE_SEC);
  readonly confirmedHistory: PriceHistory = new PriceHistory(1);
  readonly clock: ServerClock;

  line: FeedStatus = IDLE;
  choice: PriceChoice = PRICE_CHOICE_DEFAULT;
  reachedAtMs = 0;
  price: PriceUpdate | null = null;
  priceAtMs: number | null = null;
  confirmed: ConfirmedUpdate | null = null;
  block: LastBlock | null = null;
  health: Health | null = null;
  /** A server's version that a person was told of and put away. */
  seenVersion: string | null = null;
  readonly #pageVersion: string;
  #healthAskedMs = 0;
  /** Until then what it says is taken for what holds. */
  #healthUntilMs = 0;
  demo = false;
  staleSinceSec: number | null = null;
  #warnedSinceSec: number | null = null;
  /** What the server last called wrong with what this page said. */
  serverError: string | null = null;

  /** @param pageVersion of this page; without, no server's is another one */
  constructor(clock: ServerClock = new ServerClock(), pageVersion = '') {
    this.clock = clock;
    this.#pageVersion = pageVersion;
  }

  /** The server's version, where it is not the page's and nobody has put that away. */
  get otherVersion(): OtherVersion | null {
    const version = this.health?.version ?? this.#pageVersion;
    return version === this.seenVersion ? null : otherVersion(this.#pageVersion, version);
  }

  status(nowMs: number): LineStatus {
    return lineStatus(this, nowMs);
  }

  lineChanged(line: FeedStatus, nowMs: number): void {
    const before = isReached(this.line);
    this.line = line;
    if (isReached(line) === before) return;
    if (before) this.#lineLost(nowMs);
    else this.reachedAtMs = nowMs;
  }

  takePrice(price: PriceUpdate, nowMs: number): void {
    this.#marked(price.demo);
    this.clock.observe(price);
    if (price.status === 'stale') {
      // The warning may come before the first stale price or after it, and knows the time better.
      this.staleSinceSec = this.#warnedSinceSec ?? this.staleSinceSec ?? price.asOfMs / 1000;
      this.priceHistory.breakAt(this.clock.nowSec(nowMs));
    } else {
      if (this.price?.status === 'stale') this.#warnedSinceSec = null;
      this.staleSinceSec = null;
      this.#remember(price);
    }
    this.price = price;
    this.priceAtMs = nowMs;
  }

  takePoints(update: TransactionsUpdate): void {
    this.#marked(update.demo);
    if (update.whole) this.mempoolPoints.dropFrom(startSec(update, update.added));
    pushAll(this.mempoolPoints, update.added);
  }

  takeConfirmed(update: ConfirmedUpdate): void {
    this.#marked(update.demo);
    this.confirmed = update;
    const { priceUsd, lowUsd, highUsd, points } = update;
    const timeSec = update.blockTimeMs / 1000;
    this.block = { height: update.blockHeight, timeSec };
    if (priceUsd !== null && lowUsd !== null && highUsd !== null) {
      this.confirmedHistory.push(timeSec, priceUsd, lowUsd, highUsd);
    }
    this.confirmedPoints.dropFrom(startSec(update, points));
    const { length } = this.confirmedPoints;
    const beforeSec = length > 0 ? this.confirmedPoints.timeSec(length - 1) : null;
    pushAll(this.confirmedPoints, points, placeByBlock(points, beforeSec));
  }

  /** What the server tells of the price while this page could not see it, oldest first. */
  takePast(past: readonly PastPrice[]): void {
    this.priceHistory.fill(past, TOLD_APART_MAX_SEC);
  }

  /** Whether a price came after the time, and is the last word. */
  showsPriceSince(timeSec: number): boolean {
    const last = this.priceHistory.length - 1;
    if (last < 0 || Number.isNaN(this.priceHistory.priceUsd(last))) return false;
    return this.priceHistory.timeSec(last) > timeSec;
  }

  takeWarning({ code, sinceMs }: Warning): void {
    if (code !== 'SOURCE_STALE' || sinceMs === null) return;
    this.#warnedSinceSec = this.staleSinceSec = sinceMs / 1000;
  }

  /** @param askedMs when it was asked for: before the line was reached, that was another server's */
  takeHealth(health: Health, askedMs: number): void {
    this.health = health;
    this.#healthAskedMs = askedMs;
    const isOfThis = isReached(this.line) && askedMs >= this.reachedAtMs;
    this.#healthUntilMs = isOfThis ? askedMs + HEALTH_HOLDS_MS : askedMs;
    // Polled, so it may be older than what was pushed since.
    const { lastBlock } = health;
    if (lastBlock && lastBlock.timeSec > (this.block?.timeSec ?? 0)) this.block = lastBlock;
    // The warning with the time was sent before a page that was opened later.
    const lost = health.sources.find(({ state }) => state === 'lost');
    if (this.staleSinceSec !== null && this.#warnedSinceSec === null && lost?.sinceSec) {
      this.staleSinceSec = lost.sinceSec;
    }
  }

  /** Whether what is known of the server holds now: it told it lately, and the line is there. */
  isHealthFresh(nowMs: number): boolean {
    return nowMs < this.#healthUntilMs;
  }

  /** Runs on from when the server was asked for as long as the answer holds; null before. */
  uptimeSec(nowMs: number): number | null {
    const told = this.health?.uptimeSec ?? null;
    const untilMs = Math.min(nowMs, this.#healthUntilMs);
    return told === null ? null : told + Math.max(0, untilMs - this.#healthAskedMs) / 1000;
  }

  /**
   * Lets go of what nobody can look back to. That is longer than the server's own window: what has
   * left that one is known only here.
   */
  forgetOld(nowMs: number): void {
    const oldestSec = priceBounds(this.clock.nowSec(nowMs)).fromSec;
    this.mempoolPoints.dropBefore(oldestSec);
    this.confirmedPoints.dropBefore(oldestSec);
    this.priceHistory.dropBefore(oldestSec);
    this.confirmedHistory.dropBefore(oldestSec);
  }

  /** The next line may lead to another server: what only this one said is taken back. */
  #lineLost(nowMs: number): void {
    this.#healthUntilMs = Math.min(this.#healthUntilMs, nowMs);
    this.priceHistory.breakAt(this.clock.nowSec(nowMs));
    this.staleSinceSec = null;
    this.#warnedSinceSec = null;
    this.serverError = null;
  }

  /** What is made up and what is not are never shown as one. */
  #marked(demo: boolean): void {
    if (demo === this.demo) return;
    this.demo = demo;
    this.price = this.confirmed = this.block = null;
    this.mempoolPoints.clear();
    this.confirmedPoints.clear();
    this.priceHistory.clear();
    this.confirmedHistory.clear();
  }

  #remember({ asOfMs, priceUsd, lowUsd, highUsd }: PriceUpdate): void {
    const timeSec = asOfMs / 1000;
    if (priceUsd === null || lowUsd === null || highUsd === null) {
      this.priceHistory.breakAt(timeSec);
    } else {
      this.priceHistory.push(timeSec, priceUsd, lowUsd, highUsd);
    }
  }
}

/** Where the server's window begins: from there on its word replaces what is here. */
function startSec({ asOfMs, ageMs }: Update, [first]: readonly PricePoint[]): number {
  const windowSec = (asOfMs + ageMs) / 1000 - WINDOW_SEC;
  return first ? Math.min(windowSec, first.timeMs / 1000) : windowSec;
}

/** @param placesSec where they stand on the time axis; without, at their own times */
function pushAll(ring: PointRing, points: readonly PricePoint[], placesSec?: Float64Array): void {
  for (const [i, { timeMs, priceUsd, amountBtc }] of points.entries()) {
    // Nobody pays nothing: such an amount is not known.
    ring.push(timeMs / 1000, priceUsd, amountBtc || undefined, placesSec?.[i]);
  }
}
