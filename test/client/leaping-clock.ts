import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cancel, Clock } from '../../packages/client/src/ports.ts';

/** Turns of the event loop within which all that two sockets of one process say has arrived. */
const TURNS = 30;

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/**
 * Time for real sockets that passes only when told to, and then at once: an hour of tries takes
 * what the tries take. Before each timer whatever is under way within this process arrives.
 */
export class LeapingClock implements Clock {
  readonly startMs = 1_800_000_000_000;
  #nowMs: number = this.startMs;
  #timers: readonly Timer[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers = [...this.#timers, timer];
    return () => this.#remove(timer);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.length;
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await arrivals();
      const next = this.#timers
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#remove(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  /** Time goes by without anything having run: the device slept. */
  leap(ms: number): void {
    this.#nowMs += ms;
  }

  #remove(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }
}

/** Lets what was written within this process be read, and answered, and the answer be read. */
export async function arrivals(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await nextTurn();
}
