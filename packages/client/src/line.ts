/**
 * Keeps one socket to one address: opens it, notices when it is dead, waits and tries again. Knows
 * nothing of what the messages say. Never two sockets at once; idle, it holds nothing.
 */
import { AUTH_SUBPROTOCOL_PREFIX, parseReconnectHint, SUBPROTOCOL } from '@tidegauge/protocol';
import type { ConnectOptions } from './api.ts';
import { reconnectDelayMs } from './backoff.ts';
import { TidegaugeError } from './errors.ts';
import { ask } from './http.ts';
import type { Cancel, Clock, LineSocket, Ports } from './ports.ts';
import { judgeRefusal } from './refusal.ts';
import { nextToken } from './token.ts';

/**
 * - `open`: connected, and not yet of use
 * - `live`: the server speaks to us
 * - `waiting`: for the next try, or for a network
 * - `closed`: for good; only `retry` starts the next try
 */
export type Phase = 'idle' | 'connecting' | 'open' | 'live' | 'waiting' | 'closed';

/** A token that takes longer does not come. */
const TOKEN_MAX_MS = 30_000;
/** A handshake that takes longer has failed; so has a line that says nothing of use for so long. */
const ANSWER_MAX_MS = 10_000;
/** A line over which messages came for this long is of use: the next wait is short again. */
const USEFUL_AFTER_MS = 10_000;
const PING_EACH_MS = 30_000;
const DEAD_AFTER_MS = 60_000;
const TICK_MS = 2_000;
/** To wait longer than that for a server would look as if nobody tried. */
const WAIT_MAX_MS = 300_000;
/** Those who are told the same time must not come in the same moment. */
const RETRY_SPREAD = 0.25;
const TOKEN_ENDED_CODE = 4501;

/** Makes a listener deaf as soon as its try is over. */
type Heard = <Event>(take: (event: Event) => void) => (event: Event) => void;

export abstract class Line {
  protected readonly ports: Ports;
  protected readonly clock: Clock;
  protected phase: Phase = 'idle';
  protected failures = 0;
  protected retryAtMs: number | null = null;
  /** What ended the line or is in its way, where that is known. */
  protected trouble: TidegaugeError | null = null;
  /** What the newest connection came with; null for nothing. */
  protected token: string | null = null;
  readonly #url: string;
  readonly #query: string;
  readonly #tokens: ConnectOptions['token'];
  /** The token that was refused last, and how. */
  #refused: { readonly token: string | null; readonly error: TidegaugeError } | null = null;
  /** Of the present try: aborted when that is over, so that late events are not heard. */
  #trying = new AbortController();
  #socket: LineSocket | null = null;
  #timer: Cancel = () => {};
  /** When it became live. */
  protected liveMs = 0;
  /** When the last ping was sent. */
  protected askedMs = 0;
  /** Number of the last ping; its pong repeats it. */
  protected ticket = 0;
  #frameMs = 0;
  /** Without a frame until then the line is dead. */
  #deadMs = 0;

  /**
   * @param url the address over plain HTTP: a GET tells what an upgrade is refused with
   * @param query added to the address of the WebSocket
   */
  constructor(ports: Ports, url: string, query: string, tokens: ConnectOptions['token']) {
    this.ports = ports;
    this.clock = ports.clock;
    this.#url = url;
    this.#query = query;
    this.#tokens = tokens;
  }

  /** Time to say what is wanted. */
  protected abstract opened(): void;
  /** @param data a string for text, else something binary */
  protected abstract message(data: unknown): void;
  /** The phase, or what belongs to it, may be another. */
  protected abstract changed(): void;
  /** Something to tell the program. */
  protected abstract problem(error: TidegaugeError): void;
  /** The next try is waited for. @param isHinted whether the server itself said until when */
  protected abstract failed(isHinted: boolean): void;

  /** Tries at once, whatever was to be waited for. */
  retry(): void {
    this.#refused = null;
    if (this.phase !== 'idle' && !this.#socket) this.#open();
  }

  /**
   * The network came or went, or somebody looks again. An open line is asked, not trusted; there is
   * no reason to wait any longer.
   */
  rouse(): void {
    if (this.isOpen) {
      this.#deadMs = Math.min(this.#deadMs, this.clock.nowMs() + ANSWER_MAX_MS);
      this.ping();
    }
    if (this.phase === 'waiting') this.try();
  }

  protected get isOpen(): boolean {
    return this.phase === 'open' || this.phase === 'live';
  }

  /** ms since something came; only while open. */
  protected get silentMs(): number {
    return this.clock.nowMs() - this.#frameMs;
  }

  /** The device has no network: nothing is tried until it has. */
  protected get isOffline(): boolean {
    return this.phase === 'waiting' && !this.ports.surroundings.isOnline();
  }

  /** Opens the line as soon as there is a network. */
  protected try(): void {
    this.enter('waiting');
    if (!this.isOffline) this.#open();
  }

  /** Into a phase without a socket. */
  protected enter(phase: Phase): void {
    const socket = this.#socket;
    this.phase = phase;
    this.retryAtMs = null;
    this.#socket = null;
    this.#timer();
    this.#trying.abort();
    socket?.close();
    if (phase === 'idle') {
      this.failures = 0;
      this.trouble = null;
    }
    this.changed();
  }

  /** Nothing before it is open, and after. */
  protected send(message: object): void {
    if (this.isOpen) this.#socket!.send(JSON.stringify(message));
  }

  /** The server has said something that makes sense. */
  protected prove(): void {
    if (this.phase !== 'open') return;
    this.phase = 'live';
    this.trouble = this.#refused = null;
    this.liveMs = this.clock.nowMs();
    this.changed();
  }

  /** There is no use in another try. */
  protected close(error: TidegaugeError): void {
    this.trouble = error;
    this.enter('closed');
    this.problem(error);
  }

  #open(): void {
    this.enter('connecting');
    const { signal } = this.#beginTry();
    // Events of a try that was given up may still arrive.
    const heard: Heard = (take) => (event) => void (signal.aborted || take(event));
    this.#failAfter(TOKEN_MAX_MS);
    nextToken(this.#tokens).then(
      heard((token) => this.#dial(token, heard)),
      heard((cause) => {
        this.#fail(null);
        this.#tell(new TidegaugeError('TOKEN_FAILED', String(cause), { cause }));
      }),
    );
  }

  #failAfter(delayMs: number): void {
    this.#timer();
    this.#timer = this.clock.after(delayMs, () => this.#fail(null));
  }

  #beginTry(): AbortController {
    this.#trying = new AbortController();
    return this.#trying;
  }

  #dial(token: string | null, heard: Heard): void {
    // Only for the token: something in between may take subprotocols away, which browsers do not
    // put up with. `hello` is asked for in the address.
    const protocols = token === null ? [] : [SUBPROTOCOL, AUTH_SUBPROTOCOL_PREFIX + token];
    if (this.#refused?.token === token) {
      this.close(this.#refused.error);
      return;
    }
    this.token = token;
    this.#failAfter(ANSWER_MAX_MS);
    try {
      this.#socket = this.ports.openSocket(
        this.#url.replace('http', 'ws') + this.#query,
        protocols,
        {
          onopen: heard(() => this.#opened()),
          onmessage: heard(({ data }) => this.#message(data)),
          onclose: heard(({ code, reason }) => this.#closed(code, reason)),
        },
      );
    } catch (cause) {
      this.close(new TidegaugeError('REFUSED', String(cause), { fatal: true, cause }));
    }
  }

  #opened(): void {
    this.phase = 'open';
    this.askedMs = this.#frameMs = this.clock.nowMs();
    this.#deadMs = this.#frameMs + ANSWER_MAX_MS;
    this.#tick();
    this.opened();
  }

  #message(data: unknown): void {
    this.message(data);
    this.#frameMs = this.clock.nowMs();
    // Only a line that has made sense is kept alive by what comes.
    if (this.phase !== 'live') return;
    this.#deadMs = this.#frameMs + DEAD_AFTER_MS;
    if (this.#frameMs - this.liveMs >= USEFUL_AFTER_MS) this.failures = 0;
  }

  #tick(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs >= this.#deadMs) {
      this.#fail(null);
      return;
    }
    if (nowMs - this.askedMs >= PING_EACH_MS) this.ping();
    this.#timer();
    this.#timer = this.clock.after(TICK_MS, () => this.#tick());
    this.changed();
  }

  protected ping(): void {
    this.askedMs = this.clock.nowMs();
    this.ticket += 1;
    this.send({ type: 'ping', timestamp: this.ticket });
  }

  #closed(closeCode: number, reason: string): void {
    const isUnopened = !this.isOpen;
    const isToken = closeCode === TOKEN_ENDED_CODE;
    if (closeCode < 4500 || closeCode > 4999) {
      this.#fail(parseReconnectHint(reason));
      if (isUnopened) void this.#askWhy();
      return;
    }
    const message = `closed with ${closeCode}: ${reason}`;
    const details = { closeCode, fatal: true };
    this.#refuse(new TidegaugeError(isToken ? 'UNAUTHORIZED' : 'REFUSED', message, details));
  }

  /** Another token may be let in; the same one will not, and all else will be refused again. */
  #refuse(error: TidegaugeError): void {
    if (error.code !== 'UNAUTHORIZED' || typeof this.#tokens !== 'function') {
      this.close(error);
      return;
    }
    this.#refused = { token: this.token, error };
    if (this.isOpen) this.#fail(null);
    // A token that has just come to its end is no reason to wait; one after the other is.
    if (this.failures === 1) this.#open();
  }

  /** Browsers do not tell a page the status of a refused upgrade. */
  async #askWhy(): Promise<void> {
    const trying = this.#beginTry();
    const answer = await ask(this.ports, this.#url, this.token, trying);
    if (trying.signal.aborted || answer.status === 0) return;
    const error = judgeRefusal(answer);
    if (error?.fatal) this.#refuse(error);
    else if (error) {
      const delayMs = answer.retryAfterMs * (1 + RETRY_SPREAD * this.ports.random());
      if (this.clock.nowMs() + delayMs > this.retryAtMs!) this.#wait(delayMs);
      this.#tell(error);
    }
  }

  #fail(hintMs: number | null): void {
    this.failures += 1;
    const delayMs = reconnectDelayMs(this.failures, this.ports.random());
    // A server that sends everybody away again and again is not to be taken at its word.
    this.#wait(hintMs === null || this.failures > 2 ? Math.max(hintMs ?? 0, delayMs) : hintMs);
    this.failed(hintMs !== null);
  }

  #wait(delayMs: number): void {
    const boundedMs = Math.min(delayMs, WAIT_MAX_MS);
    this.enter('waiting');
    this.#timer = this.clock.after(boundedMs, () => this.try());
    this.retryAtMs = this.clock.nowMs() + boundedMs;
  }

  /** Tells what stands in the way. */
  #tell(error: TidegaugeError): void {
    this.trouble = error;
    this.problem(error);
  }
}
