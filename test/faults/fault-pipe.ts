import type { Clock } from '../../packages/server/src/clock.ts';
import type { Conditions } from './conditions.ts';
import type { Direction } from './fault.ts';

/** Something on its way, such as what one read of a socket brought, or a whole message. */
export interface Cargo {
  /** 0 for the end of a stream. */
  readonly sizeBytes: number;
  /** Those of its bytes come out, in order, all of them in the end. */
  arrive(fromByte: number, toByte: number): void;
}

export interface FaultPipeOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly conditions: Conditions;
  readonly direction: Direction;
  /** How long everything is on its way when all is well. Above 0 nothing comes out within `put`. */
  readonly latencyMs: number;
  /** Bytes have come out, so that fewer wait. */
  readonly onMoved: () => void;
}

interface Queued {
  readonly cargo: Cargo;
  dueMs: number;
  arrivedBytes: number;
}

/** One direction of a connection: keeps the order, and lets through what the conditions allow. */
export class FaultPipe {
  readonly #options: FaultPipeOptions;
  #queue: Queued[] = [];
  #waitingBytes = 0;
  #lastDueMs = 0;
  /** A trickle lets nothing more through before. */
  #openMs = 0;
  #held = false;
  #pumping = false;
  #destroyed = false;
  #cancelTimer: () => void = () => {};
  #cut: { leftBytes: number; readonly run: () => void } | null = null;

  constructor(options: FaultPipeOptions) {
    this.#options = options;
  }

  /** What was put in and has not come out. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  put(cargo: Cargo): void {
    if (this.#destroyed) return;
    const { clock, random, conditions, latencyMs } = this.#options;
    const dueMs = clock.monotonicMs() + latencyMs + conditions.delayMs(random);
    // What was delayed less does not overtake.
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs);
    this.#queue.push({ cargo, dueMs: this.#lastDueMs, arrivedBytes: 0 });
    this.#waitingBytes += cargo.sizeBytes;
    // What waits already knows when it goes on.
    if (this.#queue.length === 1) this.pump();
  }

  /** The far end takes nothing, until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.pump();
  }

  /** Calls back once that many bytes more have come out; the next one never does. */
  cutBehind(bytes: number, run: () => void): void {
    this.#cut = { leftBytes: bytes, run };
  }

  forgetCut(): void {
    this.#cut = null;
  }

  /** Loses what is on its way, and lets nothing through any more. */
  destroy(): void {
    this.#destroyed = true;
    this.#queue = [];
    this.#waitingBytes = 0;
    this.#cut = null;
    this.#cancelTimer();
  }

  /** What was delayed until now is not any longer. */
  hurry(): void {
    const { clock, latencyMs } = this.#options;
    const dueMs = clock.monotonicMs() + latencyMs;
    for (const queued of this.#queue) queued.dueMs = Math.min(queued.dueMs, dueMs);
    this.#lastDueMs = Math.min(this.#lastDueMs, dueMs);
    this.pump();
  }

  /** To be called when the conditions have changed. */
  pump(): void {
    // What arrives may bring the next: that is seen to by the loop that runs.
    if (this.#pumping) return;
    this.#pumping = true;
    this.#cancelTimer();
    while (this.#passNext());
    this.#pumping = false;
  }

  /** @returns false when nothing more can pass now */
  #passNext(): boolean {
    const { clock, conditions, direction } = this.#options;
    const next = this.#queue[0];
    if (next === undefined || this.#held || conditions.isStalled(direction)) return false;
    const { trickle } = conditions;
    const nowMs = clock.monotonicMs();
    const openMs = Math.max(next.dueMs, trickle === null ? 0 : this.#openMs);
    if (nowMs < openMs) {
      this.#cancelTimer = clock.after(openMs - nowMs, () => this.pump());
      return false;
    }
    if (trickle !== null) this.#openMs = nowMs + trickle.everyMs;
    this.#pass(next, trickle?.bytes ?? Number.POSITIVE_INFINITY);
    return true;
  }

  #pass(next: Queued, bytesMax: number): void {
    const { cargo, arrivedBytes } = next;
    const leftBytes = this.#cut?.leftBytes ?? Number.POSITIVE_INFINITY;
    const bytes = Math.min(cargo.sizeBytes - arrivedBytes, bytesMax, leftBytes);
    next.arrivedBytes += bytes;
    this.#waitingBytes -= bytes;
    const isCut = this.#cut !== null && bytes === leftBytes;
    if (this.#cut !== null) this.#cut.leftBytes -= bytes;
    if (next.arrivedBytes === cargo.sizeBytes) this.#queue.shift();
    cargo.arrive(arrivedBytes, next.arrivedBytes);
    if (isCut) {
      const run = this.#cut?.run;
      this.destroy();
      run?.();
    }
    this.#options.onMoved();
  }
}
