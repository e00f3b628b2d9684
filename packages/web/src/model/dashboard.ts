/** Everything the page knows. Messages go in; the views read. No browser, no clock of its own. */
import { PROTOCOL_VERSION } from '@tidegauge/protocol';
import type { LineState } from '../line/line-state.ts';
import type { Health, LastBlock } from '../wire/health.ts';
import type {
  ConfirmedMessage,
  Hello,
  Incoming,
  LivePrice,
  PriceMessage,
  PriceReading,
  Warning,
} from '../wire/incoming.ts';
import { type LineFacts, type LineStatus, lineStatus } from './line-status.ts';
import { placeByBlock } from './place-blocks.ts';
import { PointRing } from './point-ring.ts';
import { PointsStream } from './points-stream.ts';
import { PriceHistory } from './price-history.ts';
import { ServerClock } from './server-clock.ts';
import { WINDOW_SEC } from './time-span.ts';

/** A SLOW_CONSUMER warning colours the line for this long: three are sent before a cut. */
const SLOW_SHOWN_MS = 15_000;
/** 5,400 samples in three hours: more than the panel has pixels on most screens. */
const HISTORY_SLICE_SEC = 2;

/** `ask-window`: the points have a gap and must be asked for again. */
export type Effect = 'none' | 'ask-window';

export class Dashboard implements LineFacts {
  readonly mempoolPoints: PointRing = new PointRing();
  readonly confirmedPoints: PointRing = new PointRing();
  readonly priceHistory: PriceHistory = new PriceHistory(HISTORY_SLICE_SEC);
  readonly confirmedHistory: PriceHistory = new PriceHistory(1);
  readonly clock: ServerClock = new ServerClock();
  readonly stream: PointsStream = new PointsStream(this.mempoolPoints);

  line: LineState = { kind: 'closed' };
  price: LivePrice | null = null;
  priceAtMs: number | null = null;
  /** The server's time of the last price that was live; a stale one carries the present time. */
  priceLiveSec: number | null = null;
  confirmed: PriceReading | null = null;
  block: LastBlock | null = null;
  health: Health | null = null;
  demo = false;
  slowUntilMs = 0;
  staleSinceSec: number | null = null;
  #warnedSinceSec: number | null = null;
  /** The server's protocol where it is newer than the page; else null. */
  newerProtocol: number | null = null;
  /** What the server last called wrong with what this page said. */
  serverError: string | null = null;
  malformedCount = 0;
  unknownCount = 0;

  status(nowMs: number): LineStatus {
    return lineStatus(this, nowMs);
  }

  lineChanged(line: LineState, nowMs: number): void {
    if (this.line.kind === 'open' && line.kind !== 'open') {
      this.priceHistory.breakAt(this.clock.nowSec(nowMs));
    }
    if (line.kind === 'open') this.#startAnew();
    this.line = line;
  }

  take(message: Incoming, nowMs: number): Effect {
    switch (message.kind) {
      case 'hello':
        this.#takeHello(message, nowMs);
        break;
      case 'price':
        this.#takePrice(message, nowMs);
        break;
      case 'points':
        this.demo = message.demo;
        return this.stream.take(message) === 'gap' ? 'ask-window' : 'none';
      case 'confirmed':
        this.#takeConfirmed(message);
        break;
      case 'warning':
        this.#takeWarning(message, nowMs);
        break;
      case 'error':
        this.serverError = `${message.code}: ${message.message}`;
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
    return 'none';
  }

  takeHealth(health: Health): void {
    this.health = health;
    // Polled, so it may be older than what was pushed since.
    const { lastBlock } = health;
    if (lastBlock && lastBlock.timeSec > (this.block?.timeSec ?? 0)) this.block = lastBlock;
    // The warning with the time was sent before a page that was opened later.
    const lost = health.sources.find(({ state }) => state === 'lost');
    if (this.staleSinceSec !== null && this.#warnedSinceSec === null && lost?.sinceSec) {
      this.staleSinceSec = lost.sinceSec;
    }
  }

  /** Lets go of what has left the window. */
  forgetOld(nowMs: number): void {
    const oldestSec = this.clock.nowSec(nowMs) - WINDOW_SEC;
    this.mempoolPoints.dropBefore(oldestSec);
    this.confirmedPoints.dropBefore(oldestSec);
    this.priceHistory.dropBefore(oldestSec);
    this.confirmedHistory.dropBefore(oldestSec);
  }

  /** A new line may lead to another server: what only the last one said is taken back. */
  #startAnew(): void {
    this.clock.forget();
    this.stream.expectWindow();
    this.slowUntilMs = 0;
    this.staleSinceSec = null;
    this.#warnedSinceSec = null;
    this.newerProtocol = null;
    this.serverError = null;
  }

  #takeHello(hello: Hello, nowMs: number): void {
    this.demo = hello.demo;
    this.newerProtocol = hello.protocol > PROTOCOL_VERSION ? hello.protocol : null;
    if (hello.timeSec !== null) this.clock.observe(hello.timeSec, nowMs);
  }

  #takePrice({ price, demo }: PriceMessage, nowMs: number): void {
    this.demo = demo;
    this.clock.observe(price.timestampSec, nowMs);
    if (price.status === 'stale') {
      // The warning may come before the first stale price or after it, and knows the time better.
      this.staleSinceSec = this.#warnedSinceSec ?? this.staleSinceSec ?? price.timestampSec;
      this.priceHistory.breakAt(this.clock.nowSec(nowMs));
    } else {
      if (this.price?.status === 'stale') this.#warnedSinceSec = null;
      this.staleSinceSec = null;
      this.#remember(price);
    }
    if (price.status === 'live') this.priceLiveSec = price.timestampSec;
    this.price = price;
    this.priceAtMs = nowMs;
  }

  #remember({ timestampSec, priceUsd, lowUsd, highUsd }: LivePrice): void {
    if (priceUsd === null || lowUsd === null || highUsd === null) {
      this.priceHistory.breakAt(timestampSec);
    } else {
      this.priceHistory.push(timestampSec, priceUsd, lowUsd, highUsd);
    }
  }

  #takeConfirmed(message: ConfirmedMessage): void {
    this.demo = message.demo;
    this.confirmed = message.reading;
    this.block = { height: message.blockHeight, timeSec: message.blockTimeSec };
    const { priceUsd, lowUsd, highUsd } = message.reading;
    if (priceUsd !== null && lowUsd !== null && highUsd !== null) {
      this.confirmedHistory.push(message.blockTimeSec, priceUsd, lowUsd, highUsd);
    }
    const places = placeByBlock(message.points);
    this.confirmedPoints.clear();
    for (const [i, [timeSec, priceUsd, amountBtc]] of message.points.entries()) {
      this.confirmedPoints.push(timeSec, priceUsd, amountBtc, places[i]);
    }
  }

  #takeWarning(warning: Warning, nowMs: number): void {
    if (warning.code === 'SLOW_CONSUMER') this.slowUntilMs = nowMs + SLOW_SHOWN_MS;
    if (warning.code === 'SOURCE_STALE' && warning.sinceSec !== null) {
      this.#warnedSinceSec = warning.sinceSec;
      if (this.staleSinceSec !== null) this.staleSinceSec = warning.sinceSec;
    }
  }
}
