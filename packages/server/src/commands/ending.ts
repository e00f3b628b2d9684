import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** The part of `process` that ends it. */
export interface ProcessPort extends NodeJS.EventEmitter {
  exit(code: number): void;
}

export interface EndingReason {
  /** A signal's name, or `crash`. */
  readonly why: string;
  readonly exitCode: number;
}

/** Signals this close together are one keystroke: npm passes a Ctrl-C on that came anyway. */
const SAME_KEYSTROKE_MS = 300;
const SIGNAL_EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Waits for what ends the process: a signal, or an error that nobody caught. The first one asks
 * for an orderly end; the next one ends it at once.
 */
export class Ending {
  readonly asked: Promise<EndingReason>;
  readonly #port: ProcessPort;
  readonly #clock: Clock;
  readonly #log: Log;
  #ask: (reason: EndingReason) => void = () => {};
  #askedMs: number | null = null;
  readonly #listeners: Readonly<Record<string, (error: unknown) => void>>;

  constructor(port: ProcessPort, clock: Clock, log: Log) {
    this.#port = port;
    this.#clock = clock;
    this.#log = log;
    this.asked = new Promise((resolve) => {
      this.#ask = resolve;
    });
    this.#listeners = {
      SIGINT: () => this.#signal('SIGINT'),
      SIGTERM: () => this.#signal('SIGTERM'),
      uncaughtException: (error: unknown) => this.#crash(error),
      unhandledRejection: (error: unknown) => this.#crash(error),
    };
    for (const [event, listener] of Object.entries(this.#listeners)) port.on(event, listener);
  }

  /** Stops listening. */
  dispose(): void {
    for (const [event, listener] of Object.entries(this.#listeners))
      this.#port.off(event, listener);
  }

  #signal(name: string): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#askedMs === null) {
      this.#askedMs = nowMs;
      this.#ask({ why: name, exitCode: 0 });
    } else if (nowMs - this.#askedMs >= SAME_KEYSTROKE_MS) {
      this.#log.warn({ event: 'drain', why: name }, 'told again to stop: stopping at once');
      this.#port.exit(SIGNAL_EXIT_CODES[name]!);
    }
  }

  #crash(error: unknown): void {
    this.#log.error({ err: error }, 'an error that nobody caught; this is a bug');
    if (this.#askedMs !== null) {
      this.#port.exit(1);
      return;
    }
    this.#askedMs = this.#clock.monotonicMs();
    this.#ask({ why: 'crash', exitCode: 1 });
  }
}
