import {
  CLOSE_CODES,
  type ErrorCode,
  type ErrorMessage,
  encodeError,
  encodePong,
  encodeWarning,
  IDLE_TIMEOUT_MS,
  PING_INTERVAL_MS,
  reconnectHint,
} from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { Bundle } from './bundle.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import type { Dialogue, Endpoint, Recipient } from './endpoint.ts';
import type { HubStats } from './hub-stats.ts';
import { CLOSE_TIMEOUT_MS, PONG_LATE_MS } from './limits.ts';
import { Outbox } from './outbox.ts';
import { ErrorLimit, InboundLimit } from './rate-limits.ts';
import { SlowWatch } from './slow-watch.ts';

export interface SessionSettings {
  readonly slowTimeoutMs: number;
  readonly pendingBytesMax: number;
  readonly messagesPer10sMax: number;
}

/** What all sessions of a hub share. */
export interface SessionHost {
  readonly clock: Clock;
  readonly settings: SessionSettings;
  readonly stats: HubStats;
  /** The client was warned or closed for being slow, with what was dropped since the last time. */
  slow(session: Session, dropped: number): void;
  closed(session: Session, code: number): void;
}

/** Who connects, for limits and the log. */
export interface Client {
  readonly address: string;
  /** What the per-address limit counts by: the address, or the network it stands for. */
  readonly addressKey: string;
  /** Whose key or token it brought, for the log; null or absent where none is asked for. */
  readonly holder?: string | null;
  /** True when the client offered our subprotocol. */
  readonly wantsHello: boolean;
  /** False when it is to be sent nothing that it has not asked for. */
  readonly wantsDefault: boolean;
  /** When the client's token ends, unix seconds; null for one that never does, or for none. */
  readonly expiresSec: number | null;
  /** What the client calls its session, over all its connections; null for one that names none. */
  readonly sessionId: string | null;
}

/**
 * - `open`: takes and sends messages.
 * - `closing`: our close frame is on its way; nothing else is sent or heard.
 * - `closed`: the connection is gone.
 */
export type SessionState = 'open' | 'closing' | 'closed';

/**
 * One client's connection: what it is sent and how it behaves; what it asks for is its dialogue's
 * matter. While the client is behind (its socket has unsent bytes, or it leaves a ping unanswered)
 * publications wait in the outbox, at most one a channel; control messages go out at once, held in
 * bounds by the limit on unsent bytes.
 *
 * Ten thousand of these are held at a time: what only some need is made when they do.
 */
export class Session implements SocketEvents, Recipient {
  // What each message needs comes first, so that it lies together in memory.
  readonly #host: SessionHost;
  readonly #socket: ClientSocket;
  #state: SessionState = 'open';
  #slow: SlowWatch | null = null;
  sent = 0;
  dropped = 0;
  readonly client: Client;
  readonly endpoint: Endpoint;
  readonly openedMs: number;
  readonly #dialogue: Dialogue;
  /** What waits while the client is behind; null when nothing does. */
  #outbox: Outbox | null = null;
  #inbound: InboundLimit | null = null;
  #errors: ErrorLimit | null = null;
  #closeCode = 0;
  #closeDueMs = 0;
  #lastFrameMs: number;
  #pingDueMs: number;
  /** When the ping went out that was not answered yet; 0: none. */
  #pingSentMs = 0;
  #droppedBeforeWarning = 0;

  constructor(host: SessionHost, socket: ClientSocket, client: Client, endpoint: Endpoint) {
    const nowMs = host.clock.monotonicMs();
    this.#host = host;
    this.#socket = socket;
    this.client = client;
    this.endpoint = endpoint;
    this.openedMs = nowMs;
    this.#lastFrameMs = nowMs;
    this.#pingDueMs = nowMs + PING_INTERVAL_MS;
    this.#dialogue = endpoint.open(this);
    socket.listen(this);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Sends the hello, if it is wanted, and what the endpoint begins with. */
  begin(): void {
    if (this.client.wantsHello) this.control(this.endpoint.hello());
    if (this.#state === 'open') this.#dialogue.begin(this.client.wantsDefault);
  }

  // What its dialogue asks of it.

  deliver(bundle: Bundle): void {
    if (this.#state !== 'open') return;
    if (this.#isBehind) this.#putAside(bundle);
    else this.#write(bundle);
  }

  discard(channel: string): void {
    this.#outbox?.discard(channel);
  }

  control(text: string): void {
    if (this.#state !== 'open') return;
    this.#socket.send(text);
    this.#noticeUnsent();
  }

  answerPing(echo: string | number | null): void {
    const isoTime = new Date(this.#host.clock.nowSec() * 1000).toISOString();
    this.control(encodePong(isoTime, echo));
  }

  error(code: ErrorCode, message: string): void {
    this.errors([{ code, message }]);
  }

  errors(errors: readonly Omit<ErrorMessage, 'type'>[]): void {
    for (const each of errors) this.control(encodeError(each));
    this.#errors ??= new ErrorLimit();
    if (this.#errors.count(this.#host.clock.monotonicMs())) {
      this.close(CLOSE_CODES.badClient.code, 'ten errors within 10 s');
    }
  }

  // What the hub asks of it.

  /** Starts closing; only the first code counts. */
  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closeCode = code;
    this.#closeDueMs = this.#host.clock.monotonicMs() + CLOSE_TIMEOUT_MS;
    this.#socket.close(code, reason);
    this.#end();
  }

  /** Cuts the connection off: for the end of the process. */
  cut(): void {
    this.#socket.terminate();
  }

  /**
   * To be called about each second: pings, and ends what is idle, stuck, expired or does not close.
   * @param mayPing false puts a ping off to the next time
   * @returns whether it pinged
   */
  sweep(mayPing: boolean): boolean {
    const { clock } = this.#host;
    const nowMs = clock.monotonicMs();
    if (this.#state === 'closing') {
      if (nowMs >= this.#closeDueMs) this.#socket.terminate();
    } else if (this.#isStuck(nowMs)) {
      this.#closeSlow('takes no messages');
    } else if (nowMs - this.#lastFrameMs >= IDLE_TIMEOUT_MS) {
      this.close(CLOSE_CODES.heartbeatTimeout.code, 'no answer to pings');
    } else if (this.client.expiresSec !== null && clock.nowSec() >= this.client.expiresSec) {
      this.#closeExpired();
    } else if (nowMs >= this.#pingDueMs && mayPing) {
      this.#ping(nowMs);
      return true;
    } else if (this.#isPongLate(nowMs)) {
      this.#fellBehind(nowMs);
    }
    return false;
  }

  // Events of the socket.

  message(text: string | null): void {
    if (!this.#mayPass(true)) return;
    if (text === null) {
      this.error('INVALID_MESSAGE', 'a binary message; allowed are text messages with JSON');
    } else {
      this.#dialogue.message(text);
    }
  }

  ping(data: Buffer): void {
    if (!this.#mayPass(false)) return;
    this.#socket.pong(data);
    this.#noticeUnsent();
  }

  /** Counted like the others: pongs nobody asked for cost as much to take in as pings. */
  pong(): void {
    this.#pingSentMs = 0;
    this.#mayPass(false);
    if (this.#isBehind && this.#socket.unsentBytes === 0) this.drained();
  }

  drained(): void {
    const nowMs = this.#host.clock.monotonicMs();
    // The kernel has taken all; the client has not.
    if (this.#state !== 'open' || this.#slow === null || this.#isPongLate(nowMs)) return;
    this.#dialogue.settle();
    const verdict = this.#slow.drained(nowMs);
    if (verdict !== 'fine') this.#warnSlow();
    if (verdict === 'close') {
      this.close(CLOSE_CODES.slowConsumer.code, 'slow three times in a row');
    } else if (!this.#isBehind) {
      this.#catchUp();
    }
  }

  closed(code: number): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    if (wasOpen) this.#end();
    this.#host.closed(this, this.#closeCode === 0 ? code : this.#closeCode);
  }

  // What is sent, and what waits.

  #write(bundle: Bundle): void {
    this.sent += bundle.publications.length;
    this.#host.stats.sent(bundle);
    if (!this.#socket.publish(bundle)) this.#noticeUnsent();
  }

  #putAside(bundle: Bundle): void {
    this.#outbox ??= new Outbox(this.endpoint.states);
    for (const publication of bundle.publications) {
      const dropped = this.#outbox.put(publication);
      if (dropped === 0) continue;
      this.dropped += dropped;
      this.#host.stats.dropped(publication.channel);
    }
  }

  /** Sends what waited while the client was behind, as it is by now. */
  #catchUp(): void {
    const waited = this.#outbox?.take() ?? [];
    this.#outbox = null;
    if (waited.length === 0) return;
    // In this order: sending may be the end of the dialogue.
    this.#dialogue.caughtUp(waited);
    this.#write(this.endpoint.bundles.of(waited));
  }

  #end(): void {
    this.#outbox = null;
    this.#dialogue.end();
  }

  // How the client behaves.

  get #isBehind(): boolean {
    return this.#slow?.isBehind === true;
  }

  /** Late pongs alone do not end a client: it may be idle for IDLE_TIMEOUT_MS. */
  #isStuck(nowMs: number): boolean {
    return this.#slow?.isStuck(nowMs) === true && this.#socket.unsentBytes > 0;
  }

  #isPongLate(nowMs: number): boolean {
    return this.#pingSentMs > 0 && nowMs - this.#pingSentMs >= PONG_LATE_MS;
  }

  #fellBehind(nowMs: number): void {
    this.#slow ??= new SlowWatch(this.#host.settings.slowTimeoutMs);
    this.#slow.fellBehind(nowMs);
  }

  #ping(nowMs: number): void {
    this.#pingDueMs = nowMs + PING_INTERVAL_MS;
    if (this.#pingSentMs === 0) this.#pingSentMs = nowMs;
    this.#socket.ping();
    this.#noticeUnsent();
  }

  /** Counts an inbound frame; answers and returns false when it is one too many. */
  #mayPass(answers: boolean): boolean {
    const nowMs = this.#host.clock.monotonicMs();
    this.#lastFrameMs = nowMs;
    if (this.#state !== 'open') return false;
    const { messagesPer10sMax } = this.#host.settings;
    this.#inbound ??= new InboundLimit(messagesPer10sMax);
    const verdict = this.#inbound.count(nowMs);
    if (verdict.kind === 'take') return true;
    if (verdict.kind === 'close') {
      this.close(CLOSE_CODES.rateLimit.code, reconnectHint(verdict.retryAfterMs));
    } else if (answers) {
      const message = `over ${messagesPer10sMax} messages in 10 s; this one was not read`;
      const retry_after_ms = verdict.retryAfterMs;
      this.control(encodeError({ code: 'RATE_LIMITED', message, retry_after_ms }));
    }
    return false;
  }

  #noticeUnsent(): void {
    const { unsentBytes } = this.#socket;
    if (unsentBytes === 0) return;
    this.#fellBehind(this.#host.clock.monotonicMs());
    if (unsentBytes > this.#host.settings.pendingBytesMax) {
      this.#closeSlow('too many unsent bytes');
    }
  }

  #warnSlow(): void {
    const dropped_messages = this.#tellSlow();
    const message = 'this connection is slow; older messages were replaced by newer ones';
    this.control(encodeWarning({ code: 'SLOW_CONSUMER', message, dropped_messages }));
  }

  #closeExpired(): void {
    const message = 'the token has expired; connect again with another one';
    this.control(encodeError({ code: 'UNAUTHORIZED', message }));
    this.close(CLOSE_CODES.unauthorized.code, 'the token has expired');
  }

  /** Without a warning: nothing gets through to this client now. */
  #closeSlow(reason: string): void {
    if (this.#state === 'open') this.#tellSlow();
    this.close(CLOSE_CODES.slowConsumer.code, reason);
  }

  #tellSlow(): number {
    const dropped = this.dropped - this.#droppedBeforeWarning;
    this.#droppedBeforeWarning = this.dropped;
    this.#host.stats.slow(this.#dialogue.channels());
    this.#host.slow(this, dropped);
    return dropped;
  }
}
