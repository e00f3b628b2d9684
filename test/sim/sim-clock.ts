import type { Clock } from '../../packages/server/src/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * Time and the event loop, moved by hand: a phase of timers, or a turn for what is to run soon.
 * Time also passes within a callback, when `ms` is put on by something that takes long.
 */
export class SimClock implements Clock {
  ms = 1_000_000;
  /** Called before each callback. */
  onCallback: () => void = () => {};
  #settledMs: number = this.ms;
  #timers: Timer[] = [];
  #soon: (() => void)[] = [];

  nowSec(): number {
    return 1_767_225_600 + this.ms / 1000;
  }

  monotonicMs(): number {
    return this.ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.ms + delayMs, callback };
    const later = this.#timers.findIndex(({ dueMs }) => dueMs > timer.dueMs);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  /** Whatever was due at this moment has been run. */
  get settledMs(): number {
    return this.#settledMs;
  }

  get timers(): number {
    return this.#timers.length;
  }

  /** True when a turn is due before anything that time brings. */
  get hasSoon(): boolean {
    return this.#soon.length > 0;
  }

  turn(): void {
    for (const callback of this.#soon.splice(0)) this.#run(callback);
  }

  /** Lets time pass up to the next timer, or as much as is given, and runs what is due. */
  pass(mostMs: number): void {
    const nextMs = this.#timers[0]?.dueMs ?? Number.POSITIVE_INFINITY;
    this.ms = Math.max(this.ms, Math.min(this.ms + mostMs, nextMs));
    const phaseMs = this.ms;
    while (this.#timers[0] !== undefined && this.#timers[0].dueMs <= phaseMs) {
      this.#run(this.#timers.shift()!.callback);
    }
    this.#settledMs = phaseMs;
  }

  #run(callback: () => void): void {
    this.onCallback();
    callback();
  }
}
