/** Everything of /ws/mempool: the price, what it is read from, and the price of blocks. */
import type {
  ConfirmedUpdate,
  HistogramUpdate,
  PricePoint,
  PriceUpdate,
  Subscription,
  TransactionsUpdate,
  Update,
} from './api.ts';
import { type AnyChannel, Channel, type Place } from './channel.ts';
import { Feed, type FeedEvents, type FeedOptions, type Origin, type Taken } from './feed.ts';
import { asCount, asFields, asList, asText, asUnixMs, type Fields } from './fields.ts';
import type { Outcome } from './poller.ts';
import type { Ports } from './ports.ts';
import {
  type Read,
  readConfirmed,
  readHistogram,
  readPrice,
  readTransactions,
} from './read-mempool.ts';
import { derive } from './update.ts';
import { Wish } from './wish.ts';

export type ChannelName = 'price' | 'transactions' | 'histogram' | 'confirmed';

/** A price comes each interval, usually 0.5 s: of a silence of this length one may ask. */
const QUIET_MS = 5_000;
/** Nobody needs to ask more often. */
const POLL_MIN_MS = 500;
/** As many as the server keeps. */
const POINTS_MAX = 10_000;

export class MempoolFeed extends Feed {
  readonly #price = new Channel<PriceUpdate>();
  readonly #transactions = new Channel<TransactionsUpdate>();
  readonly #histogram = new Channel<HistogramUpdate>();
  readonly #confirmed = new Channel<ConfirmedUpdate>();
  readonly #channels: readonly (readonly [ChannelName, AnyChannel])[] = [
    ['price', this.#price],
    ['transactions', this.#transactions],
    ['histogram', this.#histogram],
    ['confirmed', this.#confirmed],
  ];
  /** What the open line was told. */
  readonly #said = new Set<ChannelName>();
  /** The points have a gap, and what fills it was asked for. */
  #isHealing = false;
  /** Where the points stood when they were last to be healed. */
  #healedFrom: Place | null = null;
  /** What was to fill the gap did not: only the whole window will. */
  #needsWhole = false;
  #priceLiveMs: number | null = null;

  constructor(ports: Ports, options: FeedOptions, events: FeedEvents) {
    super(ports, options, QUIET_MS, events);
  }

  price(handler?: (update: PriceUpdate) => void): Subscription<PriceUpdate> {
    return new ChannelWish(this, this.#price, handler);
  }

  transactions(handler?: (update: TransactionsUpdate) => void): Subscription<TransactionsUpdate> {
    return new TransactionsWish(this, this.#transactions, handler);
  }

  histogram(handler?: (update: HistogramUpdate) => void): Subscription<HistogramUpdate> {
    return new ChannelWish(this, this.#histogram, handler);
  }

  confirmed(handler?: (update: ConfirmedUpdate) => void): Subscription<ConfirmedUpdate> {
    return new ChannelWish(this, this.#confirmed, handler);
  }

  protected override *channels(): Iterable<AnyChannel> {
    for (const [, channel] of this.#channels) yield channel;
  }

  protected override startAnew(): void {
    this.#said.clear();
    this.#isHealing = false;
  }

  protected override say(): void {
    const added: ChannelName[] = [];
    const left: ChannelName[] = [];
    for (const [name, { isWanted }] of this.#channels) {
      if (isWanted && !this.#said.has(name)) added.push(name);
      if (!isWanted && this.#said.delete(name)) left.push(name);
    }
    if (left.length > 0) this.line.send({ unsubscribe: left });
    if (added.length === 0) return;
    for (const name of added) this.#said.add(name);
    const resume = Object.fromEntries(
      this.#held(added).map(([name, { run, seq }]) => [name, { epoch: run, seq }]),
    );
    this.line.send({ subscribe: added, resume });
    this.sendTicket();
  }

  protected override told(intervalMs: number | null): void {
    if (intervalMs !== null) this.pollIntervalMs = Math.max(POLL_MIN_MS, intervalMs);
  }

  protected override answered(): void {
    // Whatever was asked for to fill the gap has come.
    this.#isHealing = false;
  }

  protected override take(message: Fields, origin: Origin): Taken {
    const data = asFields(message.data);
    switch (message.type) {
      case 'price_update':
        // The channel `full` has a sequence of its own.
        if (message.transactions !== undefined) return 'unknown';
        return data ? this.#takePrice(message, data, origin) : 'malformed';
      case 'transactions':
        return data ? this.#takeTransactions(message, data, origin) : 'malformed';
      case 'histogram':
        return data
          ? this.publish(this.#histogram, message, readHistogram(data), origin)
          : 'malformed';
      case 'confirmed_update':
        return data
          ? this.publish(this.#confirmed, message, readConfirmed(data), origin)
          : 'malformed';
      default:
        return 'unknown';
    }
  }

  protected override async poll(): Promise<Outcome> {
    const wanted = this.#channels.filter(([, { isWanted }]) => isWanted).map(([name]) => name);
    const held = this.#held(wanted);
    const query = new URLSearchParams({ channels: wanted.join() });
    // All that is held of one run can be gone on from; what is of another is asked for whole.
    const epoch = held[0]?.[1].run;
    const same = held.filter(([, { run }]) => run === epoch);
    if (epoch !== undefined) {
      query.set('epoch', epoch);
      query.set('resume', same.map(([name, { seq }]) => `${name}:${seq}`).join());
    }
    const answer = await this.rest.get(
      `${this.options.httpBase}api/v1/mempool?${query}`,
      this.line.token,
    );
    if (!answer) return null;
    const { status, body, retryAfterMs } = answer;
    const messages = asList(body?.messages);
    const isOk = status === 200 && messages !== null;
    if (body && isOk) this.#takeAnswer(body, messages);
    return { isOk, isAnswered: status > 0, retryAfterMs };
  }

  #takeAnswer(body: Fields, messages: readonly unknown[]): void {
    const nowMs = this.ports.clock.nowMs();
    const serverMs = asUnixMs(body.time);
    if (serverMs !== null) this.clock.observe(serverMs, nowMs);
    this.told(asCount(body.update_interval_ms));
    const origin: Origin = { via: 'polling', epoch: asText(body.epoch), connection: 0 };
    for (const each of messages) {
      const message = asFields(each);
      if (message) this.take(message, origin);
    }
    this.settle();
  }

  #takePrice(message: Fields, data: Fields, origin: Origin): Taken {
    const read = readPrice(data);
    if (!read) return 'malformed';
    const { status } = read.body;
    const nowMs = this.ports.clock.nowMs();
    // A stale price carries the present time: it is as old as the last one that was live.
    const isStale = status === 'stale';
    if (!isStale) this.clock.observe(read.asOfMs!, nowMs);
    if (status === 'live') this.#priceLiveMs = read.asOfMs;
    const asOfMs = isStale
      ? Math.min(this.#priceLiveMs ?? read.asOfMs!, read.asOfMs!)
      : read.asOfMs;
    return this.publish(this.#price, message, { body: read.body, asOfMs }, origin);
  }

  #takeTransactions(message: Fields, data: Fields, origin: Origin): Taken {
    const whole = asText(message.epoch) !== null;
    const read = readTransactions(data, whole);
    if (!read) return 'malformed';
    const { added } = read.body;
    const points = whole ? added : [...this.#points(), ...added].slice(-POINTS_MAX);
    const full: Read<TransactionsUpdate> = { ...read, body: { points, added, whole } };
    const last = this.#transactions.place;
    const taken = this.publish(this.#transactions, message, full, origin, ({ run, seq }) => {
      if (whole || (last?.run === run && seq === last.seq + 1 && !this.#needsWhole)) return true;
      if (origin.via === 'websocket') this.#heal(last);
      return false;
    });
    if (whole) this.#needsWhole = false;
    return taken;
  }

  #points(): readonly PricePoint[] {
    return this.#transactions.latest?.points ?? [];
  }

  /** Asks for what is missing; when that was of no use, for everything. */
  #heal(last: Place | null): void {
    if (this.#isHealing) return;
    this.#isHealing = true;
    this.#needsWhole = last === this.#healedFrom;
    this.#healedFrom = last;
    this.#said.delete('transactions');
    this.line.send({ unsubscribe: 'transactions' });
    this.say();
  }

  /** Positions that can be gone on from. */
  #held(names: readonly ChannelName[]): (readonly [ChannelName, Place])[] {
    return this.#channels.flatMap(([name, { place }]) => {
      if (!place || !names.includes(name) || place.run.startsWith('#')) return [];
      return name === 'transactions' && this.#needsWhole ? [] : [[name, place] as const];
    });
  }
}

class ChannelWish<Value extends Update> extends Wish<Value> {
  readonly #channel: Channel<Value>;

  constructor(
    feed: MempoolFeed,
    channel: Channel<Value>,
    handler: ((update: Value) => void) | undefined,
  ) {
    super(feed, handler);
    this.#channel = channel;
    channel.wishes.add(this);
  }

  protected override left(): void {
    this.#channel.wishes.delete(this);
  }
}

class TransactionsWish extends ChannelWish<TransactionsUpdate> {
  protected override first(update: TransactionsUpdate): TransactionsUpdate {
    return derive(update, { missed: null, whole: true, added: update.points });
  }

  /** Nothing is lost of what was added. */
  protected override merge(
    older: TransactionsUpdate,
    newer: TransactionsUpdate,
  ): TransactionsUpdate {
    if (newer.whole) return super.merge(older, newer);
    const { points } = newer;
    const added = older.whole ? points : [...older.added, ...newer.added].slice(-points.length);
    return derive(newer, { added, whole: older.whole, missed: older.missed });
  }
}
