/**
 * One address of the server: its line, what is asked for instead while that is down, and what both
 * bring. What the messages mean is known to its two kinds.
 */
import { PROTOCOL_VERSION, SUBPROTOCOL } from '@tidegauge/protocol';
import type { FeedName, FeedStatus, State, Update, Warning } from './api.ts';
import type { AnyChannel, Channel, Place } from './channel.ts';
import { TidegaugeError } from './errors.ts';
import {
  asCount,
  asFields,
  asIsoMs,
  asSeq,
  asText,
  asUnixMs,
  type Fields,
  parseJson,
} from './fields.ts';
import { Line } from './line.ts';
import { type Outcome, Poller } from './poller.ts';
import type { Cancel, Ports } from './ports.ts';
import type { Read } from './read-mempool.ts';
import { Rest } from './rest.ts';
import { ServerClock } from './server-clock.ts';
import type { TokenSource } from './token.ts';
import type { AnyWish, WishHost } from './wish.ts';

export interface FeedOptions {
  readonly name: FeedName;
  /** Ends with a slash. */
  readonly httpBase: string;
  readonly token: TokenSource;
  /** The same over all connections of this feed. */
  readonly session: string;
}

export interface FeedEvents {
  guard(run: () => void): void;
  /** The status is another. */
  changed(): void;
  problem(error: TidegaugeError): void;
  warning(warning: Warning): void;
}

/** How a message came. */
export interface Origin {
  readonly via: Update['via'];
  /** The epoch of the connection or answer; null where the server did not say. */
  readonly epoch: string | null;
  /** 0 for an answer over HTTP. */
  readonly connection: number;
}

/** `unknown`: of a newer server, to be ignored. */
export type Taken = 'taken' | 'unknown' | 'malformed';

/** From this many failures on the newest is asked for over HTTP. */
const POLL_FROM_FAILURES = 3;
/** A next try that is closer than this is not worth a question. */
const SOON_MS = 1_000;
/** A SLOW_CONSUMER warning colours the line for this long: three are sent before a cut. */
const SLOW_SHOWN_MS = 15_000;

export abstract class Feed implements WishHost {
  readonly name: FeedName;
  readonly wishes: Set<AnyWish> = new Set();
  protected readonly ports: Ports;
  protected readonly options: FeedOptions;
  protected readonly line: Line;
  protected readonly rest: Rest;
  protected readonly clock: ServerClock = new ServerClock();
  /** Time between two questions over HTTP, as far as the server has said. */
  protected pollIntervalMs = 500;
  readonly #events: FeedEvents;
  readonly #poller: Poller;
  #epoch: string | null = null;
  #connections = 0;
  /** Each time that something was wished for, its number is sent along and comes back. */
  #ticket = 0;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #isSlow = false;
  #slowEnd: Cancel = () => {};
  #error: TidegaugeError | null = null;
  #hasMalformed = false;
  #isSyncing = false;

  constructor(ports: Ports, options: FeedOptions, quietMs: number, events: FeedEvents) {
    this.ports = ports;
    this.options = options;
    this.name = options.name;
    this.#events = events;
    this.rest = new Rest(ports);
    const whyUrl = `${options.httpBase}ws/${options.name}`;
    const query = `?session=${options.session}&subscribe=none&hello=yes`;
    this.line = new Line(
      ports,
      { wsUrl: whyUrl.replace('http', 'ws') + query, whyUrl, token: options.token, quietMs },
      {
        opened: (protocol) => this.#opened(protocol),
        message: (data) => this.#message(data),
        changed: () => this.#lineChanged(),
        failed: (isHinted) => this.#failed(isHinted),
        problem: (error) => this.#lineProblem(error),
        webSocketsOff: () => this.#poller.start(),
      },
    );
    this.#poller = new Poller(ports, {
      ask: () => this.poll(),
      callOff: () => this.rest.callOff(),
      intervalMs: () => this.pollIntervalMs,
      changed: () => this.#events.changed(),
    });
  }

  protected abstract channels(): Iterable<AnyChannel>;
  /** Brings the wishes to their channels, where they did not go there by themselves. */
  protected arrange(): void {}
  /** Says to the open line what is wished for and was not said to it yet. */
  protected abstract say(): void;
  /** A new connection: nothing was said to it yet. */
  protected abstract startAnew(): void;
  /** Takes in a message that is of this feed alone. */
  protected abstract take(message: Fields, origin: Origin): Taken;
  /** Asks for the newest over HTTP and takes it in. */
  protected abstract poll(): Promise<Outcome>;

  get refusal(): TidegaugeError | null {
    return this.line.phase === 'refused' ? this.#error : null;
  }

  get status(): FeedStatus {
    const { failures, retryAtMs, phase } = this.line;
    const error = phase === 'idle' ? null : this.#error;
    return { state: this.#state(), failures, retryAtMs, offline: phase === 'offline', error };
  }

  guard(run: () => void): void {
    this.#events.guard(run);
  }

  /** Several changes of one turn are said together. */
  wishesChanged(): void {
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    queueMicrotask(() => {
      this.#isSyncing = false;
      this.#sync();
    });
  }

  retry(): void {
    this.line.retry();
  }

  networkChanged(): void {
    this.line.networkChanged();
  }

  shown(): void {
    this.line.shown();
  }

  close(): void {
    this.wishes.forEach((wish) => {
      wish.close();
    });
    this.#sleep();
  }

  /** Whether what came last still holds. */
  protected holds(atMs: number): boolean {
    return (this.line.isWell || this.#poller.isFresh) && atMs > this.#lostAtMs;
  }

  /** Publishes what was read of a message, unless it is not new. */
  protected publish<Value extends Update>(
    channel: Channel<Value>,
    message: Fields,
    read: Read<Value> | null,
    origin: Origin,
    isFit: (value: Pick<Place, 'run' | 'seq'>) => boolean = () => true,
  ): Taken {
    const seq = asSeq(message.seq);
    if (!read || seq === null) return 'malformed';
    if (origin.via === 'websocket') this.#proven();
    const { connection, via } = origin;
    const epoch = asText(message.epoch) ?? origin.epoch;
    const place = { run: epoch ?? `#${connection}`, seq, connection };
    const admission = channel.admit(place);
    if (admission === 'backwards') {
      const what = `${String(message.type)} went back from ${channel.place?.seq} to ${seq}`;
      this.line.giveUp(new TidegaugeError('MALFORMED', what));
      return 'taken';
    }
    if (admission === 'old' || !isFit(place)) return 'taken';
    const nowMs = this.ports.clock.nowMs();
    const asOfMs = read.asOfMs ?? asUnixMs(message.timestamp) ?? this.clock.nowMs(nowMs);
    const { missed } = admission;
    const stamp = { asOfMs, via, demo: message.demo === true, seq, epoch, missed };
    const serverNowMs = (): number => this.clock.nowMs(this.ports.clock.nowMs());
    channel.publish(place, read.body, stamp, serverNowMs, () => this.holds(nowMs));
    return 'taken';
  }

  /** Asks the server to say when it has done all that was said to it. */
  protected sendTicket(): void {
    this.#ticket += 1;
    this.line.send({ type: 'ping', timestamp: String(this.#ticket) });
  }

  protected problem(error: TidegaugeError): void {
    this.#events.problem(error);
  }

  /** Nothing more will come of what was asked, or all of it has. */
  protected settle(): void {
    for (const wish of this.wishes) wish.settle();
  }

  #state(): State {
    const { phase, failures } = this.line;
    if (phase === 'idle') return 'idle';
    if (phase === 'refused') return 'closed';
    if (phase === 'proven') return this.#isSlow ? 'slow' : 'live';
    if (this.#poller.isFresh) return 'polling';
    return failures > 0 || phase === 'offline' ? 'reconnecting' : 'connecting';
  }

  #sync(): void {
    if (this.wishes.size === 0) {
      this.#sleep();
      return;
    }
    this.arrange();
    for (const channel of this.channels()) {
      if (channel.isWanted) channel.greet();
      else channel.forget();
    }
    this.line.start();
    const { phase } = this.line;
    if (phase === 'open' || phase === 'proven') this.say();
    else if (phase === 'refused' && this.#error) this.#refused(this.#error);
  }

  #sleep(): void {
    this.#poller.stop();
    this.#slowEnd();
    this.#isSlow = false;
    this.#error = null;
    this.line.stop();
    for (const channel of this.channels()) channel.forget();
  }

  #opened(protocol: string): void {
    this.#connections += 1;
    this.#hasMalformed = false;
    // Who agreed on the subprotocol says hello, and with it which run it is.
    this.#epoch = null;
    if (protocol !== '' && protocol !== SUBPROTOCOL) this.#unsupported(`subprotocol ${protocol}`);
    else {
      this.startAnew();
      this.say();
    }
  }

  #unsupported(what: string): void {
    const message = `the server speaks ${what}; this client: protocol ${PROTOCOL_VERSION}`;
    this.line.giveUp(new TidegaugeError('PROTOCOL_UNSUPPORTED', message, { fatal: true }));
  }

  #message(data: unknown): void {
    const message = typeof data === 'string' ? asFields(parseJson(data)) : null;
    const taken = message ? this.#takeAny(message) : 'malformed';
    if (taken !== 'malformed' || this.#hasMalformed) return;
    this.#hasMalformed = true;
    const what = typeof data === 'string' ? data.slice(0, 100) : 'a binary message';
    this.problem(new TidegaugeError('MALFORMED', `not what the protocol promises: ${what}`));
  }

  #takeAny(message: Fields): Taken {
    switch (message.type) {
      case 'hello':
        return this.#hello(message);
      case 'pong':
        return this.#pong(message);
      case 'error':
        return this.takeError(message);
      case 'warning':
        return this.#warning(message);
    }
    const connection = this.#connections;
    // Where no hello came, what carries an epoch tells it for those that do not.
    this.#epoch = asText(message.epoch) ?? this.#epoch;
    return this.take(message, { via: 'websocket', epoch: this.#epoch, connection });
  }

  #hello({ protocol, epoch, time, limits }: Fields): Taken {
    if (typeof protocol !== 'number') return 'malformed';
    if (protocol !== PROTOCOL_VERSION) {
      this.#unsupported(`protocol ${protocol}`);
      return 'taken';
    }
    this.#epoch = asText(epoch);
    this.clock.forget();
    this.#observe(asUnixMs(time));
    this.told(asCount(asFields(limits)?.update_interval_ms));
    for (const channel of this.channels()) {
      if (channel.place && channel.place.run !== this.#epoch) channel.expire();
    }
    return 'taken';
  }

  #pong({ timestamp, echo }: Fields): Taken {
    this.#observe(asIsoMs(timestamp));
    if (echo === String(this.#ticket)) {
      this.#proven();
      this.settle();
      this.answered();
    }
    return 'taken';
  }

  /** @param intervalMs how often the server publishes; null where it does not say */
  protected told(_intervalMs: number | null): void {}

  /** The server has done what was said to it last. */
  protected answered(): void {}

  protected takeError(message: Fields): Taken {
    const code = asText(message.code);
    if (code === null) return 'malformed';
    const words = asText(message.message) ?? code;
    const symbol = asText(message.symbol) ?? undefined;
    // After this one the server closes with 4501, which is told by itself.
    if (code === 'UNAUTHORIZED') return 'taken';
    const ours = code === 'INVALID_SYMBOL' ? code : 'SERVER';
    this.problem(new TidegaugeError(ours, words, { serverCode: code, symbol }));
    return 'taken';
  }

  #warning(message: Fields): Taken {
    const code = asText(message.code);
    if (code === null) return 'malformed';
    const nowMs = this.ports.clock.nowMs();
    if (code === 'SOURCE_STALE') this.#lostAtMs = nowMs;
    if (code === 'SLOW_CONSUMER') this.#showSlow();
    this.#events.warning({
      code,
      message: asText(message.message) ?? code,
      feed: this.name,
      source: asText(message.source),
      sinceMs: asUnixMs(message.since),
      droppedMessages: asCount(message.dropped_messages),
    });
    return 'taken';
  }

  #showSlow(): void {
    this.#slowEnd();
    this.#isSlow = true;
    this.#slowEnd = this.ports.clock.after(SLOW_SHOWN_MS, () => {
      this.#isSlow = false;
      this.#events.changed();
    });
    this.#events.changed();
  }

  #observe(serverMs: number | null): void {
    if (serverMs !== null) this.clock.observe(serverMs, this.ports.clock.nowMs());
  }

  #proven(): void {
    if (this.line.phase !== 'open') return;
    this.#error = null;
    this.#poller.stop();
    this.line.prove();
  }

  #failed(isHinted: boolean): void {
    const { failures, phase, retryAtMs } = this.line;
    this.#slowEnd();
    this.#isSlow = false;
    if (phase !== 'waiting') this.#poller.stop();
    else if (failures >= POLL_FROM_FAILURES) this.#poller.start();
    else if (!isHinted && retryAtMs! - this.ports.clock.nowMs() > SOON_MS) this.#poller.bridge();
  }

  #lineChanged(): void {
    const { phase } = this.line;
    if (phase === 'offline' || phase === 'refused') this.#poller.stop();
    this.#events.changed();
    if (phase === 'refused' && this.#error) this.#refused(this.#error);
  }

  #refused(error: TidegaugeError): void {
    this.wishes.forEach((wish) => {
      wish.refuse(error);
    });
  }

  /** The same trouble with each try is told once. */
  #lineProblem(error: TidegaugeError): void {
    const isNews = this.#error?.code !== error.code || this.#error.message !== error.message;
    this.#error = error;
    if (isNews) this.#events.problem(error);
  }
}
