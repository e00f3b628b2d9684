/**
 * One address of the server: its line, what is asked for over HTTP while that is down, and what
 * both bring to those who wish for it.
 */
import { PROTOCOL_VERSION } from '@tidegauge/protocol';
import type { ConnectOptions, Events, FeedStatus, State, Update } from './api.ts';
import {
  asCount,
  asFields,
  asIsoMs,
  asList,
  asSeq,
  asText,
  asUnixMs,
  type Fields,
  maybe,
} from './checks.ts';
import { coalesce } from './coalesce.ts';
import type { Dialect, Positions } from './dialect.ts';
import { TidegaugeError } from './errors.ts';
import { ask } from './http.ts';
import { Line } from './line.ts';
import type { Cancel, Ports } from './ports.ts';
import { type Stamp, Told } from './update.ts';
import type { Wish, WishHost } from './wish.ts';

export interface FeedEvents {
  /** Calls the program's own code: what it throws is told and harms nothing else. */
  readonly call: <Value>(handler: (value: Value) => void, value: Value) => void;
  /** The status may be another. */
  changed(): void;
  tell<Name extends 'error' | 'warning'>(event: Name, value: Events[Name]): void;
}

/** What a channel, or the map of a symbol, said last. */
interface Topic {
  latest: Told | null;
  /** null where the server named none, or the sequence cannot be gone on from. */
  epoch: string | null;
  seq: number;
  /** The interval that the open line was told; null when it was not told of it. */
  said: number | null;
}

/** From this many failures on the newest is asked for as often as it would be told. */
const POLL_FROM_FAILURES = 3;
/** The first question comes within this time, anywhere in it. */
const SOON_MS = 1_000;
/** Between questions before that, when the next try is close, and while nobody answers. */
const AGAIN_MS = 1_500;
const POLL_MIN_MS = 500;
/** A server that answers with an error is asked no oftener than this. */
const POLL_FAILED_MS = 10_000;
/** Whatever an answer asks for. */
const PAUSE_MAX_MS = 300_000;
/** A SLOW_CONSUMER warning colours the line for this long: three are sent before a cut. */
const SLOW_SHOWN_MS = 15_000;
/** A line that is well is never silent for longer: each ping of 30 s is answered. */
const SILENT_MS_MAX = 40_000;
/** A price comes each interval, 0.5 s unless the server was told otherwise, 10 s at the most. */
const PRICE_AGE_MS_MAX = 15_000;
/** A pong that took longer does not tell what time it is. */
const QUICK_MS = 3_000;

export class Feed extends Line implements WishHost {
  readonly wishes: Set<Wish> = new Set();
  readonly call: FeedEvents['call'];
  /** Several changes of one turn are said together. */
  readonly wishesChanged: () => void = coalesce(() => this.#sync());
  readonly #dialect: Dialect;
  readonly #httpBase: string;
  readonly #events: FeedEvents;
  readonly #topics = new Map<string, Topic>();
  /** The epoch of what comes; null where the server named none. */
  #epoch: string | null = null;
  #hasMalformed = false;
  /** All that was asked of the open line has come: what did not come over it is as it was. */
  #isSettled = false;
  /** How far the server's clock is ahead of this device's; NaN before it was told. */
  #aheadMs = Number.NaN;
  /** Since when the source was lost last: what is from before that is old. */
  #lostMs = 0;
  #slowUntilMs = 0;
  #intervalMs = POLL_MIN_MS;
  /** Whether it is asked over HTTP. */
  #isPolling = false;
  /** Whether the last question of those was answered. */
  #isFresh = false;
  #polling: AbortController | null = null;
  #pollTimer: Cancel = () => {};

  /**
   * @param httpBase of the server, ends with a slash
   * @param session names the client over all its connections
   */
  constructor(
    ports: Ports,
    dialect: Dialect,
    httpBase: string,
    session: string,
    token: ConnectOptions['token'],
    events: FeedEvents,
  ) {
    const { name } = dialect;
    const query = `?session=${session}-${name}&subscribe=none&hello=yes`;
    super(ports, `${httpBase}ws/${name}`, query, token);
    this.call = events.call;
    this.#dialect = dialect;
    this.#httpBase = httpBase;
    this.#events = events;
  }

  get status(): FeedStatus {
    const { state, failures, retryAtMs, isOffline: offline, trouble: error } = this;
    return { state, failures, retryAtMs, offline, error };
  }

  get refusal(): TidegaugeError | null {
    return this.phase === 'closed' ? this.trouble : null;
  }

  end(): void {
    for (const wish of this.wishes) wish.close();
    this.#sync();
  }

  get #isWell(): boolean {
    return this.phase === 'live' && this.silentMs <= SILENT_MS_MAX;
  }

  get state(): State {
    const { phase } = this;
    if (phase === 'idle' || phase === 'closed') return phase;
    if (phase === 'live') {
      return this.#isWell && this.clock.nowMs() > this.#slowUntilMs ? phase : 'slow';
    }
    if (this.#isFresh) return 'polling';
    return phase === 'waiting' || this.failures > 0 ? 'reconnecting' : 'connecting';
  }

  // What is wished for

  #sync(): void {
    const wanted = this.#wanted();
    for (const [name, topic] of this.#topics) {
      if (wanted.has(name)) continue;
      // Nobody will tell whether what somebody holds of it still is the newest.
      topic.epoch = '';
      this.#topics.delete(name);
      this.send(this.#dialect.unsubscribe(name));
    }
    if (wanted.size === 0) {
      this.enter('idle');
      return;
    }
    for (const name of wanted.keys()) {
      const topic = { latest: null, epoch: null, seq: Number.NaN, said: null };
      if (!this.#topics.has(name)) this.#topics.set(name, topic);
    }
    if (this.phase === 'idle') this.try();
    if (this.isOpen) this.#say();
    if (this.refusal) this.#settle();
    // Last, as handlers may do anything.
    for (const [name, { latest }] of this.#topics) if (latest) this.#deliver(name, latest, false);
  }

  #deliver(name: string, update: Told, isNews: boolean): void {
    for (const wish of this.wishes) wish.deliver(name, update, isNews);
  }

  /** Shortest interval by topic, seconds. */
  #wanted(): Map<string, number> {
    const wanted = new Map<string, number>();
    for (const { symbols, interval } of this.wishes) {
      for (const name of symbols)
        wanted.set(name, Math.min(interval, wanted.get(name) ?? interval));
    }
    return wanted;
  }

  /** Says to the open line what is wished for and was not said to it yet. */
  #say(): void {
    for (const [name, sec] of this.#wanted()) {
      const topic = this.#topics.get(name);
      // Wished for in this very turn, it will have its own.
      if (!topic || topic.said === sec) continue;
      topic.said = sec;
      this.send(this.#dialect.subscribe(name, sec, this.#positions([name])));
    }
    // The pong says that all of it is done.
    this.ping();
  }

  /** Positions that can be gone on from. */
  #positions(names: readonly string[]): Positions {
    const positions: Record<string, { epoch: string; seq: number }> = {};
    for (const name of names) {
      const { epoch, seq } = this.#topics.get(name)!;
      if (epoch) positions[name] = { epoch, seq };
    }
    return positions;
  }

  // What the line brings

  protected override opened(): void {
    this.#hasMalformed = this.#isSettled = false;
    this.#epoch = null;
    this.#slowUntilMs = 0;
    for (const topic of this.#topics.values()) {
      topic.said = null;
      // A server that names no epoch may have been started anew.
      if (topic.epoch === null) topic.seq = Number.NaN;
    }
    this.#say();
  }

  protected override message(data: unknown): void {
    try {
      this.#take(asFields(JSON.parse(asText(data))), 'websocket');
    } catch {
      // The rest of the connection may be of the same kind, and once says it all.
      if (!this.#hasMalformed)
        this.problem(new TidegaugeError('MALFORMED', String(data).slice(0, 99)));
      this.#hasMalformed = true;
    }
  }

  protected override problem(error: TidegaugeError): void {
    this.#events.tell('error', error);
  }

  protected override changed(): void {
    const { phase } = this;
    if (phase === 'idle' || phase === 'live' || phase === 'closed' || this.isOffline) {
      this.#stopPolling();
    }
    if (phase === 'closed') this.#settle();
    for (const wish of this.wishes) wish.wake();
    this.#events.changed();
  }

  protected override failed(isHinted: boolean): void {
    if (this.#isPolling || this.isOffline) return;
    if (isHinted && this.failures < POLL_FROM_FAILURES) return;
    this.#isPolling = true;
    // Those who were cut off together do not ask in the same moment.
    this.#askAfter(this.ports.random() * SOON_MS);
  }

  #take(message: Fields, via: Update['via']): void {
    const { type, epoch } = message;
    if (type === 'hello') this.#hello(message);
    else if (type === 'pong') this.#pong(message);
    else if (type === 'error') this.#serverError(message);
    else if (type === 'warning') this.#warning(message);
    else {
      if (epoch !== undefined) this.#epoch = asText(epoch);
      this.#takeData(message, via);
    }
  }

  #hello({ protocol, epoch, time, limits }: Fields): void {
    if (protocol !== PROTOCOL_VERSION) {
      const message = `protocol ${String(protocol)}`;
      this.close(new TidegaugeError('PROTOCOL_UNSUPPORTED', message, { fatal: true }));
      return;
    }
    this.#begin(epoch, time);
    this.#intervalMs = Math.max(POLL_MIN_MS, asCount(asFields(limits).update_interval_ms));
  }

  /** Of another run of the server nothing here can be gone on from. */
  #begin(epoch: unknown, time: unknown): void {
    this.#epoch = asText(epoch);
    for (const topic of this.#topics.values()) if (topic.epoch !== epoch) topic.epoch = null;
    // A map that was asked for comes alone.
    if (time) this.#observe(asUnixMs(time));
  }

  #pong({ timestamp, echo }: Fields): void {
    if (echo !== this.ticket) return;
    if (this.clock.nowMs() - this.askedMs < QUICK_MS) this.#observe(asIsoMs(timestamp));
    this.#isSettled = true;
    this.prove();
    this.#settle();
  }

  #serverError({ code, message, symbol }: Fields): void {
    const serverCode = asText(code);
    const ours = serverCode === 'INVALID_SYMBOL' ? serverCode : 'SERVER';
    const details = { serverCode, symbol: maybe(asText, symbol) };
    // After this one the server closes with 4501, which tells it.
    if (serverCode === 'UNAUTHORIZED') return;
    this.problem(new TidegaugeError(ours, asText(message), details));
  }

  #warning({ code, message, source, since, dropped_messages }: Fields): void {
    if (code === 'SOURCE_STALE') {
      const lostMs = asUnixMs(since);
      // Each answer over HTTP says it again.
      if (lostMs === this.#lostMs) return;
      this.#lostMs = lostMs;
    }
    if (code === 'SLOW_CONSUMER') this.#slowUntilMs = this.clock.nowMs() + SLOW_SHOWN_MS;
    this.#events.changed();
    this.#events.tell('warning', {
      code: asText(code),
      message: asText(message),
      feed: this.#dialect.name,
      source: maybe(asText, source),
      sinceMs: maybe(asUnixMs, since),
      droppedMessages: maybe(asCount, dropped_messages),
    });
  }

  /** Everything that was asked for has come, or there is none. */
  #settle(): void {
    for (const wish of this.wishes) wish.settle?.();
  }

  #observe(serverMs: number): void {
    this.#aheadMs = serverMs - this.clock.nowMs();
  }

  get #serverNowMs(): number {
    return this.clock.nowMs() + (this.#aheadMs || 0);
  }

  // What both bring

  #takeData(message: Fields, via: Update['via']): void {
    const isPushed = via === 'websocket';
    const reading = this.#dialect.read(message, (name) => this.#topics.get(name)?.latest);
    if (!reading) return;
    const { topic: name, body, isDelta } = reading;
    const seq = asSeq(message.seq);
    const topic = this.#topics.get(name);
    const epoch = this.#epoch;
    if (isPushed) this.prove();
    // Without one it was on its way when the last one who wanted it left.
    if (!topic) return;
    const step = topic.epoch === epoch ? seq - topic.seq : Number.NaN;
    if (step <= 0) return;
    if (isDelta && step !== 1) {
      // The sequence has a gap: what is whole replaces it.
      if (isPushed && this.#isSettled) {
        this.#isSettled = false;
        topic.epoch = topic.said = null;
        this.send(this.#dialect.unsubscribe(name));
        this.#say();
      }
      return;
    }
    topic.epoch = epoch;
    topic.seq = seq;
    const stamp = {
      asOfMs: reading.asOfMs ?? this.#serverNowMs,
      via,
      demo: Boolean(message.demo),
      seq,
      epoch,
      missed: step > 0 ? step - 1 : null,
    };
    topic.latest = this.#update(body, stamp, topic);
    this.#deliver(name, topic.latest, true);
  }

  #update(body: object, stamp: Stamp, topic: Topic): Told {
    const atMs = this.clock.nowMs();
    const { status } = body as { status?: string };
    return new Told(
      { ...body, ...stamp },
      () => this.#serverNowMs,
      (ageMs) =>
        topic.epoch === stamp.epoch &&
        topic.seq === stamp.seq &&
        // A price may also come too late.
        (!status || (status === 'live' && ageMs <= PRICE_AGE_MS_MAX)) &&
        stamp.asOfMs > this.#lostMs &&
        (this.#isFresh || (this.#isWell && (this.#isSettled || atMs >= this.liveMs))),
    );
  }

  // What is asked for over HTTP

  #stopPolling(): void {
    this.#isPolling = this.#isFresh = false;
    this.#pollTimer();
    this.#polling?.abort();
    this.#polling = null;
  }

  #askAfter(delayMs: number): void {
    this.#pollTimer();
    this.#pollTimer = this.clock.after(Math.min(delayMs, PAUSE_MAX_MS), () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const names = [...this.#topics.keys()];
    let pauseMs = Number.POSITIVE_INFINITY;
    for (const path of this.#dialect.paths(names, this.#positions(names))) {
      const polling = new AbortController();
      this.#polling = polling;
      const answer = await ask(this.ports, this.#httpBase + path, this.token, polling);
      if (polling !== this.#polling) return;
      // What nobody answers costs nobody much, and may be over at any moment.
      const failedMs = Math.max(answer.status && POLL_FAILED_MS, answer.retryAfterMs) || AGAIN_MS;
      const isTaken = answer.status === 200 && this.#takeAnswer(answer.body);
      pauseMs = Math.min(pauseMs, isTaken ? 0 : failedMs);
    }
    if (!pauseMs) this.#settle();
    this.#isFresh = !pauseMs;
    const eachMs = Math.min(...this.#wanted().values()) * 1000 || this.#intervalMs;
    this.#askAfter(pauseMs || (this.failures < POLL_FROM_FAILURES ? AGAIN_MS : eachMs));
    this.#events.changed();
  }

  /** @param body the message itself, or several @returns whether it could be read */
  #takeAnswer(body: Fields): boolean {
    try {
      const { epoch, messages = [body], time } = body;
      this.#begin(epoch, time);
      for (const message of asList(messages)) this.#take(asFields(message), 'polling');
      return true;
    } catch {
      return false;
    }
  }
}
