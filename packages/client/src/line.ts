/**
 * Keeps one socket to one address: opens it, notices when it is dead, waits and tries again. Knows
 * nothing of what the messages say. Never two sockets at once; stopped, it holds nothing.
 */
import { AUTH_SUBPROTOCOL_PREFIX, parseReconnectHint, SUBPROTOCOL } from '@tidegauge/protocol';
import { reconnectDelayMs } from './backoff.ts';
import { TidegaugeError } from './errors.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Cancel, LineSocket, Ports } from './ports.ts';
import { judgeRefusal } from './refusal.ts';
import { Rest, WAIT_MAX_MS } from './rest.ts';
import type { TokenSource } from './token.ts';

/**
 * - `open`: connected, and not yet of use
 * - `proven`: the server speaks to us
 * - `waiting`: for the next try
 * - `offline`: the device has no network; nothing is tried until it has
 * - `refused`: for good; only `retry` starts the next try
 */
export type Phase = 'idle' | 'connecting' | 'open' | 'proven' | 'waiting' | 'offline' | 'refused';

export interface LineOptions {
  readonly wsUrl: string;
  /** The same address over plain HTTP: a GET tells what an upgrade is refused with. */
  readonly whyUrl: string;
  readonly token: TokenSource;
  /** A silence of this length on a line that is well is worth a question. */
  readonly quietMs: number;
}

export interface LineEvents {
  /** Time to say what is wanted. @param protocol the subprotocol agreed on; empty for none */
  opened(protocol: string): void;
  /** @param data a string for text, else something binary */
  message(data: unknown): void;
  /** The phase, or what belongs to it, is another. */
  changed(): void;
  /**
   * A try failed or a line was lost.
   *
   * @param isHinted whether the server itself said when to come back
   */
  failed(isHinted: boolean): void;
  /** Something to tell the program; `fatal` ones come with the phase `refused`. */
  problem(error: TidegaugeError): void;
  /** The server has no WebSockets, and says so. */
  webSocketsOff(): void;
}

/** A handshake that takes longer has failed; so has a line that says nothing of use for so long. */
const ANSWER_MAX_MS = 10_000;
const TOKEN_MAX_MS = 30_000;
/** A line that was of use for this long is no failure: the next wait is short again. */
const USEFUL_AFTER_MS = 10_000;
/** Those who are told the same time must not come in the same moment. */
const RETRY_SPREAD = 0.25;
const TOKEN_ENDED_CODE = 4501;

export class Line {
  readonly #ports: Ports;
  readonly #options: LineOptions;
  readonly #events: LineEvents;
  readonly #why: Rest;
  phase: Phase = 'idle';
  failures = 0;
  retryAtMs: number | null = null;
  /** What the newest connection came with; null for nothing. */
  token: string | null = null;
  /** The one that was refused last; undefined for none. */
  #refusedToken: string | null | undefined;
  /** Something in between may take subprotocols away, which browsers do not put up with. */
  #offersSubprotocol = true;
  #attempt = 0;
  #socket: LineSocket | null = null;
  #heartbeat: Heartbeat | null = null;
  #timer: Cancel = () => {};
  #provenMs: number | null = null;

  constructor(ports: Ports, options: LineOptions, events: LineEvents) {
    this.#ports = ports;
    this.#options = options;
    this.#events = events;
    this.#why = new Rest(ports);
  }

  /** Whether what came over it last still holds. */
  get isWell(): boolean {
    const beat = this.#heartbeat;
    return this.phase === 'proven' && beat !== null && beat.silentMs <= beat.silentMaxMs;
  }

  start(): void {
    if (this.phase === 'idle') this.#open();
  }

  stop(): void {
    if (this.phase === 'idle') return;
    this.#drop();
    this.failures = 0;
    this.#enter('idle');
  }

  /** Tries at once, whatever was to be waited for. */
  retry(): void {
    if (this.phase === 'refused') {
      this.failures = 0;
      this.#refusedToken = undefined;
    }
    if (this.phase !== 'idle' && !this.#socket) this.#open();
  }

  /** Only while open. */
  send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** The server has said something that makes sense. */
  prove(): void {
    if (this.phase !== 'open') return;
    this.#timer();
    this.#provenMs = this.#ports.clock.nowMs();
    this.#refusedToken = undefined;
    this.#enter('proven');
  }

  /** What comes breaks the protocol: better another line than a guess. */
  giveUp(error: TidegaugeError): void {
    if (error.fatal) this.#refuse(error);
    else {
      this.#events.problem(error);
      this.#fail(null);
    }
  }

  /** The device says that its network came or went. An open line is asked, not trusted. */
  networkChanged(): void {
    const isOnline = this.#ports.surroundings.isOnline();
    if (this.#heartbeat) this.#heartbeat.ask();
    else if (isOnline && (this.phase === 'offline' || this.phase === 'waiting')) this.#open();
    else if (!isOnline && this.phase === 'waiting') this.#waitForNetwork();
  }

  /** Somebody looks again: no reason to wait any longer. */
  shown(): void {
    if (this.#heartbeat) this.#heartbeat.ask();
    else if (this.phase === 'waiting') this.#open();
  }

  #open(): void {
    this.#drop();
    const attempt = this.#attempt;
    this.#enter('connecting');
    this.#timer = this.#ports.clock.after(TOKEN_MAX_MS, () => {
      this.#tokenFailed(new TidegaugeError('TOKEN_FAILED', 'no token came within 30 s'));
    });
    this.#options.token.next().then(
      (token) => attempt === this.#attempt && this.#dial(token),
      (error: unknown) => attempt === this.#attempt && this.#tokenFailed(error),
    );
  }

  #tokenFailed(error: unknown): void {
    if (!(error instanceof TidegaugeError)) throw error;
    this.#events.problem(error);
    this.#fail(null);
  }

  #dial(token: string | null): void {
    this.token = token;
    if (token === this.#refusedToken) {
      this.#refuse(unauthorized('the server refused the token, and there is no other'));
      return;
    }
    const auth = token === null ? [] : [AUTH_SUBPROTOCOL_PREFIX + token];
    const attempt = this.#attempt;
    // Events of a socket that was given up may still arrive; only the current one is heard.
    const isCurrent = (): boolean => attempt === this.#attempt;
    this.#timer();
    this.#timer = this.#ports.clock.after(ANSWER_MAX_MS, () => this.#fail(null));
    try {
      this.#socket = this.#ports.openSocket(
        this.#options.wsUrl,
        this.#offersSubprotocol ? [SUBPROTOCOL, ...auth] : [],
        {
          onOpen: (protocol) => isCurrent() && this.#opened(protocol),
          onMessage: (data) => {
            if (!isCurrent()) return;
            this.#heartbeat?.frameCame();
            this.#events.message(data);
          },
          onClose: (code, reason) => isCurrent() && this.#closed(code, reason),
        },
      );
    } catch (cause) {
      const message = `no WebSocket to ${this.#options.wsUrl} can be opened here: ${String(cause)}`;
      this.#refuse(new TidegaugeError('REFUSED', message, { fatal: true, cause }));
    }
  }

  #opened(protocol: string): void {
    const { clock } = this.#ports;
    this.#timer();
    this.#timer = clock.after(ANSWER_MAX_MS, () => this.#fail(null));
    this.#heartbeat = new Heartbeat(
      clock,
      { ping: () => this.send({ action: 'ping' }), dead: () => this.#fail(null) },
      this.#options.quietMs,
    );
    this.#enter('open');
    this.#events.opened(protocol);
  }

  #closed(code: number, reason: string): void {
    const isUnopened = this.phase === 'connecting';
    if (code >= 4500 && code <= 4999) this.#closedForGood(code, reason);
    else this.#fail(parseReconnectHint(reason));
    if (isUnopened && this.phase === 'waiting') void this.#askWhy();
  }

  #closedForGood(closeCode: number, reason: string): void {
    const message = `the server closed the line with ${closeCode}: ${reason || 'no reason given'}`;
    if (closeCode !== TOKEN_ENDED_CODE) {
      this.#refuse(new TidegaugeError('REFUSED', message, { fatal: true, closeCode }));
    } else this.#unauthorized(unauthorized(message, { closeCode }));
  }

  /** Another token may be let in; the same one will not. */
  #unauthorized(error: TidegaugeError): void {
    if (!this.#options.token.mayChange) {
      this.#refuse(error);
      return;
    }
    this.#refusedToken = this.token;
    if (this.phase !== 'waiting') this.#fail(null);
    // A token that has just come to its end is no reason to wait; one after the other is.
    if (this.failures <= 1 && this.phase === 'waiting') this.#open();
  }

  /** Browsers do not tell a page the status of a refused upgrade. */
  async #askWhy(): Promise<void> {
    const answer = await this.#why.get(this.#options.whyUrl, this.token);
    if (!answer || this.phase !== 'waiting') return;
    const verdict = judgeRefusal(answer);
    switch (verdict.kind) {
      case 'nothing':
        return;
      case 'door-open':
        this.#offersSubprotocol = !this.#offersSubprotocol;
        return;
      case 'unauthorized':
        this.#unauthorized(verdict.error);
        return;
      case 'refused':
        this.#refuse(verdict.error);
        return;
      case 'unavailable':
        if (verdict.retryAfterMs !== null) this.#waitAtLeast(verdict.retryAfterMs);
        this.#events.problem(verdict.error);
        if (verdict.isOff) this.#events.webSocketsOff();
    }
  }

  #waitAtLeast(retryAfterMs: number): void {
    const { clock, random } = this.#ports;
    const delayMs = Math.min(retryAfterMs * (1 + RETRY_SPREAD * random()), WAIT_MAX_MS);
    if (clock.nowMs() + delayMs > this.retryAtMs!) this.#wait(delayMs);
  }

  #fail(hintMs: number | null): void {
    const { clock, random, surroundings } = this.#ports;
    const wasUseful = this.#provenMs !== null && clock.nowMs() - this.#provenMs >= USEFUL_AFTER_MS;
    this.failures = wasUseful ? 1 : this.failures + 1;
    this.#drop();
    if (!surroundings.isOnline()) this.#waitForNetwork();
    else if (hintMs !== null) this.#wait(Math.min(hintMs, WAIT_MAX_MS));
    else this.#wait(reconnectDelayMs(this.failures, random()));
    this.#events.failed(hintMs !== null);
  }

  #wait(delayMs: number): void {
    const { clock } = this.#ports;
    this.#timer();
    this.#timer = clock.after(delayMs, () => this.#open());
    this.retryAtMs = clock.nowMs() + delayMs;
    this.#enter('waiting');
  }

  #waitForNetwork(): void {
    this.#drop();
    this.#enter('offline');
  }

  #refuse(error: TidegaugeError): void {
    this.#drop();
    this.#events.problem(error);
    this.#enter('refused');
  }

  #drop(): void {
    this.#attempt += 1;
    const socket = this.#socket;
    this.#socket = null;
    this.#timer();
    this.#timer = () => {};
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    this.#provenMs = null;
    this.retryAtMs = null;
    this.#why.callOff();
    socket?.close();
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.#events.changed();
  }
}

function unauthorized(
  message: string,
  details: { readonly closeCode?: number } = {},
): TidegaugeError {
  return new TidegaugeError('UNAUTHORIZED', message, { ...details, fatal: true });
}
