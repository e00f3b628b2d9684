/**
 * Keeps one line to the server: opens it, notices when it is dead, waits and tries again. Knows
 * nothing of what the messages say. Never two sockets at once; after `close` no timer is left.
 */
import type { Cancel, Clock } from '../clock.ts';
import { reconnectDelayMs } from './backoff.ts';
import { judgeClose } from './close-verdict.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LineState } from './line-state.ts';
import type { LineSocket, OpenSocket } from './socket.ts';

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly isOnline: () => boolean;
}

export interface ConnectionEvents {
  /** The line is open: time to say what is wanted. */
  onOpen(): void;
  onText(text: string): void;
  onState(state: LineState): void;
}

/** A handshake that takes longer has failed. */
const HANDSHAKE_MAX_MS = 10_000;
/** A line that carried messages for this long was useful: the next wait is short again. */
const USEFUL_AFTER_MS = 10_000;
const HEARTBEAT = { pingEachMs: 30_000, deadAfterMs: 60_000, probeMs: 5_000 } as const;
const PING = '{"action":"ping"}';

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #events: ConnectionEvents;
  #state: LineState = { kind: 'closed' };
  #socket: LineSocket | null = null;
  #heartbeat: Heartbeat | null = null;
  #timer: Cancel | null = null;
  #failures = 0;
  #firstTextMs: number | null = null;

  constructor(ports: ConnectionPorts, events: ConnectionEvents) {
    this.#ports = ports;
    this.#events = events;
  }

  get state(): LineState {
    return this.#state;
  }

  /** Opens the line, or tries at once when it is waiting or was refused. */
  connect(): void {
    if (this.#socket) return;
    this.#cancelTimer();
    this.#open();
  }

  close(): void {
    this.#drop();
    this.#setState({ kind: 'closed' });
  }

  /** False when the line is not open: the caller says it again on `onOpen`. */
  send(text: string): boolean {
    if (this.#state.kind !== 'open' || !this.#socket) return false;
    this.#socket.send(text);
    return true;
  }

  /** The device says that its network came or went. An open line is asked, not trusted. */
  networkChanged(): void {
    const online = this.#ports.isOnline();
    if (this.#state.kind === 'open') this.#heartbeat?.probe();
    else if (online && this.#retries()) this.connect();
    else if (!online && this.#state.kind === 'waiting') this.#waitForNetwork();
  }

  /** The person looks at the page again: no reason to wait any longer. */
  pageShown(): void {
    if (this.#state.kind === 'open') this.#heartbeat?.probe();
    else if (this.#state.kind === 'waiting') this.connect();
  }

  #retries(): boolean {
    return this.#state.kind === 'waiting' || this.#state.kind === 'offline';
  }

  #open(): void {
    this.#setState({ kind: 'connecting', failures: this.#failures });
    this.#firstTextMs = null;
    // Events of a socket that was given up may still arrive; only the current one is heard.
    const isCurrent = (): boolean => this.#socket === socket;
    const socket = this.#ports.openSocket({
      onOpen: () => isCurrent() && this.#opened(),
      onText: (text) => isCurrent() && this.#textCame(text),
      onClose: (code, reason) => isCurrent() && this.#closed(code, reason),
    });
    this.#socket = socket;
    this.#timer = this.#ports.clock.after(HANDSHAKE_MAX_MS, () => this.#failed(null));
  }

  #opened(): void {
    const { clock } = this.#ports;
    this.#cancelTimer();
    this.#heartbeat = new Heartbeat(
      clock,
      { ping: () => void this.send(PING), dead: () => this.#failed(null) },
      HEARTBEAT,
    );
    this.#setState({ kind: 'open', sinceMs: clock.nowMs() });
    this.#events.onOpen();
  }

  #textCame(text: string): void {
    this.#firstTextMs ??= this.#ports.clock.nowMs();
    this.#heartbeat?.frameCame();
    this.#events.onText(text);
  }

  #closed(code: number, reason: string): void {
    const verdict = judgeClose(code, reason);
    if (verdict.action === 'reconnect') {
      this.#failed(verdict.hintMs);
      return;
    }
    this.#drop();
    this.#setState({ kind: 'refused', code, reason });
  }

  #failed(hintMs: number | null): void {
    if (this.#wasUseful()) this.#failures = 0;
    this.#failures += 1;
    this.#drop();
    if (!this.#ports.isOnline()) {
      this.#waitForNetwork();
      return;
    }
    const { clock, random } = this.#ports;
    const delayMs = hintMs ?? reconnectDelayMs(this.#failures, random());
    this.#timer = clock.after(delayMs, () => this.connect());
    const retryAtMs = clock.nowMs() + delayMs;
    this.#setState({ kind: 'waiting', retryAtMs, failures: this.#failures });
  }

  #waitForNetwork(): void {
    this.#cancelTimer();
    this.#setState({ kind: 'offline' });
  }

  #wasUseful(): boolean {
    if (this.#firstTextMs === null) return false;
    return this.#ports.clock.nowMs() - this.#firstTextMs >= USEFUL_AFTER_MS;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#cancelTimer();
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    socket?.close();
  }

  #cancelTimer(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #setState(state: LineState): void {
    this.#state = state;
    this.#events.onState(state);
  }
}
