import type { Cancel, Ports } from './ports.ts';

/** How one question went; null when it was called off. */
export type Outcome = {
  readonly isOk: boolean;
  /** Whatever the answer was. */
  readonly isAnswered: boolean;
  readonly retryAfterMs: number | null;
} | null;

export interface PollerPort {
  /** Asks, and takes in what comes. Never rejects. */
  ask(): Promise<Outcome>;
  callOff(): void;
  intervalMs(): number;
  /** `isFresh` is another. */
  changed(): void;
}

/** A server that answers with an error is asked no more seldom than this. */
const PAUSE_MAX_MS = 60_000;
/** What nobody answers costs nobody much, and may be over at any moment. */
const AGAIN_MS = 1_500;
/** The first question comes within this time, anywhere in it. */
const SOON_MS = 1_000;

/** Asks for the newest over HTTP while there is no WebSocket. */
export class Poller {
  readonly #ports: Pick<Ports, 'clock' | 'random'>;
  readonly #port: PollerPort;
  #mode: 'off' | 'bridging' | 'on' = 'off';
  #cancel: Cancel = () => {};
  #failures = 0;
  #isFresh = false;

  constructor(ports: Pick<Ports, 'clock' | 'random'>, port: PollerPort) {
    this.#ports = ports;
    this.#port = port;
  }

  /** Whether it goes on asking, and the last question was answered. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** Asks from now on at its interval; those cut off together not in the same moment. */
  start(): void {
    if (this.#mode === 'on') return;
    this.#mode = 'on';
    this.#later(this.#ports.random() * Math.min(SOON_MS, this.#port.intervalMs()));
  }

  /** Asks now and then: the next try is close, and yet the newest is not to be waited for. */
  bridge(): void {
    if (this.#mode !== 'off') return;
    this.#mode = 'bridging';
    this.#later(this.#ports.random() * SOON_MS);
  }

  stop(): void {
    if (this.#mode === 'off') return;
    this.#mode = 'off';
    this.#failures = 0;
    this.#cancel();
    this.#port.callOff();
    this.#setFresh(false);
  }

  #later(delayMs: number): void {
    this.#cancel();
    this.#cancel = this.#ports.clock.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const outcome = await this.#port.ask();
    if (!outcome || this.#mode === 'off') return;
    const { isOk, isAnswered, retryAfterMs } = outcome;
    const isOn = this.#mode === 'on';
    this.#failures = isOk || !isAnswered ? 0 : this.#failures + 1;
    const intervalMs = isAnswered && isOn ? this.#port.intervalMs() : AGAIN_MS;
    const pauseMs = Math.min(intervalMs * 2 ** this.#failures, PAUSE_MAX_MS);
    this.#later(Math.max(retryAfterMs ?? 0, pauseMs));
    this.#setFresh(isOk && isOn);
  }

  #setFresh(isFresh: boolean): void {
    if (isFresh === this.#isFresh) return;
    this.#isFresh = isFresh;
    this.#port.changed();
  }
}
