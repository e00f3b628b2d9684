import {
  CLOSE_CODES,
  type ErrorCode,
  encodeError,
  encodePong,
  encodeWarning,
  IDLE_TIMEOUT_MS,
  PING_INTERVAL_MS,
  reconnectHint,
} from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { Bundle } from './bundle.ts';
import type { ClientSocket, SocketEvents } from './client-socket.ts';
import type { Dialogue, Endpoint, Recipient } from './endpoint.ts';
import { CLOSE_TIMEOUT_MS } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { Publication } from './publication.ts';
import { ErrorLimit, InboundLimit } from './rate-limits.ts';
import { SlowWatch } from './slow-watch.ts';

export interface SessionSettings {
  readonly slowTimeoutMs: number;
  readonly pendingBytesMax: number;
  readonly messagesPer10sMax: number;
}

export interface SessionOptions {
  readonly socket: ClientSocket;
  readonly clock: Clock;
  readonly endpoint: Endpoint;
  readonly settings: SessionSettings;
  /** True when the client offered the subprotocol. */
  readonly wantsHello: boolean;
  /** Called when the client is warned or closed for being slow, with what was dropped since. */
  readonly onSlow: (session: Session, dropped: number) => void;
  readonly onClosed: (session: Session, code: number) => void;
}

/**
 * - `open`: takes and sends messages.
 * - `closing`: our close frame is on its way; nothing else is sent or heard.
 * - `closed`: the connection is gone.
 */
export type SessionState = 'open' | 'closing' | 'closed';

/**
 * One client's connection: what it is sent and how it behaves; what it asks for is its dialogue's
 * matter. While its socket has unsent bytes it is behind, and publications wait in its outbox;
 * control messages go out at once, held in bounds by the limit on unsent bytes.
 */
export class Session implements SocketEvents, Recipient {
  readonly openedMs: number;
  sent = 0;
  dropped = 0;
  readonly #options: SessionOptions;
  readonly #dialogue: Dialogue;
  readonly #outbox: Outbox;
  readonly #slow: SlowWatch;
  readonly #inbound: InboundLimit;
  readonly #errors: ErrorLimit = new ErrorLimit();
  #state: SessionState = 'open';
  #closeCode: number | null = null;
  #closeDueMs = 0;
  #lastFrameMs: number;
  #pingDueMs: number;
  #droppedBeforeWarning = 0;

  constructor(options: SessionOptions) {
    const nowMs = options.clock.monotonicMs();
    this.#options = options;
    this.#outbox = new Outbox(options.endpoint.states);
    this.#slow = new SlowWatch(options.settings.slowTimeoutMs);
    this.#inbound = new InboundLimit(options.settings.messagesPer10sMax);
    this.openedMs = nowMs;
    this.#lastFrameMs = nowMs;
    this.#pingDueMs = nowMs + PING_INTERVAL_MS;
    this.#dialogue = options.endpoint.open(this);
    options.socket.listen(this);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Sends the hello, if it is wanted, and what the endpoint begins with. */
  begin(): void {
    const { endpoint, wantsHello } = this.#options;
    if (wantsHello) this.control(endpoint.hello());
    if (this.#state === 'open') this.#dialogue.begin();
  }

  deliver(publications: readonly Publication[]): void {
    if (this.#state !== 'open') return;
    if (this.#slow.isBehind) {
      for (const publication of publications) this.dropped += this.#outbox.put(publication);
    } else {
      this.#sendPublications(publications);
    }
  }

  discard(channel: string): void {
    this.#outbox.discard(channel);
  }

  control(text: string): void {
    if (this.#state !== 'open') return;
    this.#options.socket.send(text);
    this.#noticeUnsent();
  }

  answerPing(echo: string | number | null): void {
    const isoTime = new Date(this.#options.clock.nowSec() * 1000).toISOString();
    this.control(encodePong(isoTime, echo));
  }

  error(code: ErrorCode, message: string): void {
    this.control(encodeError({ code, message }));
    if (this.#errors.count(this.#options.clock.monotonicMs())) {
      this.close(CLOSE_CODES.badClient.code, 'ten errors within 10 s');
    }
  }

  /** Starts closing; only the first code counts. */
  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#closeCode = code;
    this.#closeDueMs = this.#options.clock.monotonicMs() + CLOSE_TIMEOUT_MS;
    this.#options.socket.close(code, reason);
    this.#dialogue.end();
  }

  /** Cuts the connection off: for the end of the process. */
  cut(): void {
    this.#options.socket.terminate();
  }

  /** To be called about each second: pings, and ends what is idle, stuck or does not close. */
  sweep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#state === 'closing') {
      if (nowMs >= this.#closeDueMs) this.#options.socket.terminate();
    } else if (this.#slow.isStuck(nowMs)) {
      this.#closeSlow('takes no messages');
    } else if (nowMs - this.#lastFrameMs >= IDLE_TIMEOUT_MS) {
      this.close(CLOSE_CODES.heartbeatTimeout.code, 'no answer to pings');
    } else if (nowMs >= this.#pingDueMs) {
      this.#pingDueMs = nowMs + PING_INTERVAL_MS;
      this.#options.socket.ping();
      this.#noticeUnsent();
    }
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
    this.#options.socket.pong(data);
    this.#noticeUnsent();
  }

  /** Counted like the others: pongs nobody asked for cost as much to take in as pings. */
  pong(): void {
    this.#mayPass(false);
  }

  drained(): void {
    if (this.#state !== 'open') return;
    const verdict = this.#slow.drained(this.#options.clock.monotonicMs());
    if (verdict !== 'fine') this.#warnSlow();
    if (verdict === 'close') {
      this.close(CLOSE_CODES.slowConsumer.code, 'slow three times in a row');
    } else if (!this.#slow.isBehind && !this.#outbox.isEmpty) {
      const waited = this.#outbox.take();
      // In this order: sending may be the end of the dialogue.
      this.#dialogue.caughtUp(waited);
      this.#sendPublications(waited);
    }
  }

  closed(code: number): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    if (wasOpen) this.#dialogue.end();
    this.#options.onClosed(this, this.#closeCode ?? code);
  }

  /** Counts an inbound frame; answers and returns false when it is one too many. */
  #mayPass(answers: boolean): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    this.#lastFrameMs = nowMs;
    if (this.#state !== 'open') return false;
    const verdict = this.#inbound.count(nowMs);
    if (verdict.kind === 'take') return true;
    if (verdict.kind === 'close') {
      this.close(CLOSE_CODES.rateLimit.code, reconnectHint(verdict.retryAfterMs));
    } else if (answers) {
      const { messagesPer10sMax } = this.#options.settings;
      const message = `over ${messagesPer10sMax} messages in 10 s; this one was not read`;
      const retry_after_ms = verdict.retryAfterMs;
      this.control(encodeError({ code: 'RATE_LIMITED', message, retry_after_ms }));
    }
    return false;
  }

  #sendPublications(due: readonly Publication[]): void {
    this.sent += due.length;
    this.#options.socket.publish(new Bundle(due));
    this.#noticeUnsent();
  }

  #noticeUnsent(): void {
    const { socket, clock, settings } = this.#options;
    if (socket.unsentBytes > 0) this.#slow.fellBehind(clock.monotonicMs());
    if (socket.unsentBytes > settings.pendingBytesMax) {
      this.#closeSlow('too many unsent bytes');
    }
  }

  #warnSlow(): void {
    const dropped_messages = this.#tellSlow();
    const message = 'this connection is slow; older messages were replaced by newer ones';
    this.control(encodeWarning({ code: 'SLOW_CONSUMER', message, dropped_messages }));
  }

  /** Without a warning: nothing gets through to this client now. */
  #closeSlow(reason: string): void {
    if (this.#state === 'open') this.#tellSlow();
    this.close(CLOSE_CODES.slowConsumer.code, reason);
  }

  #tellSlow(): number {
    const dropped = this.dropped - this.#droppedBeforeWarning;
    this.#droppedBeforeWarning = this.dropped;
    this.#options.onSlow(this, dropped);
    return dropped;
  }
}
