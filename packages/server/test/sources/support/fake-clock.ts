import type { Clock } from '../../../src/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Time that moves only when told to. */
export class FakeClock implements Clock {
  #wallSec: number;
  #monotonicMs = 0;
  #timers: Timer[] = [];

  constructor(startSec = 1_767_225_600) {
    this.#wallSec = startSec;
  }

  nowSec(): number {
    return this.#wallSec;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  get timers(): number {
    return this.#timers.length;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Runs what falls due on the way, in order. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueMs <= endMs)
        .reduce<Timer | null>((a, b) => (a === null || b.dueMs < a.dueMs ? b : a), null);
      if (next === null) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#moveTo(next.dueMs);
      next.callback();
    }
    this.#moveTo(endMs);
  }

  /** The wall clock is set, no time passes. */
  jump(sec: number): void {
    this.#wallSec += sec;
  }

  #moveTo(ms: number): void {
    this.#wallSec += (ms - this.#monotonicMs) / 1000;
    this.#monotonicMs = ms;
  }
}
