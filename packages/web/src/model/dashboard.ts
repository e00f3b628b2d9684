/** Everything the page knows. Updates go in; the views read. No browser, no clock of its own. */
import type {
  ConfirmedUpdate,
  FeedStatus,
  PricePoint,
  PriceUpdate,
  TransactionsUpdate,
  Warning,
} from '@tidegauge/client';
import type { Health, LastBlock } from '../wire/health.ts';
import { IDLE, isReached, type LineFacts, type LineStatus, lineStatus } from './line-status.ts';
import { placeByBlock } from './place-blocks.ts';
import { PointRing } from './point-ring.ts';
import { PriceHistory } from './price-history.ts';
import { PRICE_CHOICE_DEFAULT, type PriceChoice } from './price-span.ts';
import { ServerClock } from './server-clock.ts';
import { type OtherVersion, otherVersion } from './server-version.ts';
import { WINDOW_SEC } from './time-span.ts';

/** 5,400 samples in three hours: more than the panel has pixels on most screens. */
const HISTORY_SLICE_SEC = 2;

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
  #healthAtMs = 0;
  /** Null while the server is reached. */
  #lostAtMs: number | null = null;
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
    this.#lostAtMs = before ? nowMs : null;
    if (before) this.#lineLost(nowMs);
    else this.reachedAtMs = nowMs;
  }

  takePrice(price: PriceUpdate, nowMs: number): void {
    this.demo = price.demo;
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
    this.demo = update.demo;
    if (update.whole) this.mempoolPoints.clear();
    pushAll(this.mempoolPoints, update.added);
  }

  takeConfirmed(update: ConfirmedUpdate): void {
    this.demo = update.demo;
    this.confirmed = update;
    const { priceUsd, lowUsd, highUsd, points } = update;
    const timeSec = update.blockTimeMs / 1000;
    this.block = { height: update.blockHeight, timeSec };
    if (priceUsd !== null && lowUsd !== null && highUsd !== null) {
      this.confirmedHistory.push(timeSec, priceUsd, lowUsd, highUsd);
    }
    this.confirmedPoints.clear();
    pushAll(this.confirmedPoints, points, placeByBlock(points));
  }

  takeWarning({ code, sinceMs }: Warning): void {
    if (code !== 'SOURCE_STALE' || sinceMs === null) return;
    this.#warnedSinceSec = this.staleSinceSec = sinceMs / 1000;
  }

  takeHealth(health: Health, nowMs: number): void {
    this.health = health;
    this.#healthAtMs = nowMs;
    // Polled, so it may be older than what was pushed since.
    const { lastBlock } = health;
    if (lastBlock && lastBlock.timeSec > (this.block?.timeSec ?? 0)) this.block = lastBlock;
    // The warning with the time was sent before a page that was opened later.
    const lost = health.sources.find(({ state }) => state === 'lost');
    if (this.staleSinceSec !== null && this.#warnedSinceSec === null && lost?.sinceSec) {
      this.staleSinceSec = lost.sinceSec;
    }
  }

  /** Runs on from when the server told it until the line is lost; null before. */
  uptimeSec(nowMs: number): number | null {
    const told = this.health?.uptimeSec ?? null;
    const untilMs = this.#lostAtMs ?? nowMs;
    return told === null ? null : told + Math.max(0, untilMs - this.#healthAtMs) / 1000;
  }

  /** Lets go of what has left the window. */
  forgetOld(nowMs: number): void {
    const oldestSec = this.clock.nowSec(nowMs) - WINDOW_SEC;
    this.mempoolPoints.dropBefore(oldestSec);
    this.confirmedPoints.dropBefore(oldestSec);
    this.priceHistory.dropBefore(oldestSec);
    this.confirmedHistory.dropBefore(oldestSec);
  }

  /** The next line may lead to another server: what only this one said is taken back. */
  #lineLost(nowMs: number): void {
    this.priceHistory.breakAt(this.clock.nowSec(nowMs));
    this.staleSinceSec = null;
    this.#warnedSinceSec = null;
    this.serverError = null;
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

/** @param placesSec where they stand on the time axis; without, at their own times */
function pushAll(ring: PointRing, points: readonly PricePoint[], placesSec?: Float64Array): void {
  for (const [i, { timeMs, priceUsd, amountBtc }] of points.entries()) {
    // Nobody pays nothing: such an amount is not known.
    ring.push(timeMs / 1000, priceUsd, amountBtc || undefined, placesSec?.[i]);
  }
}
