import { FrameQueue } from './frame-queue.ts';
import type { Frame } from './source.ts';

export interface FramePumpOptions {
  readonly queue?: FrameQueue;
  /** Longest stretch of work before timers and sockets have their turn. */
  readonly sliceMs?: number;
  /** A clock that never goes back. */
  readonly monotonicMs?: () => number;
}

/** Long enough that turns of the event loop cost nothing, short against the 500 ms of a tick. */
const SLICE_MS = 4;

/**
 * Hands frames to a consumer in order, a slice at a time: a burst of thousands must not keep
 * sockets, pings and timers waiting. No frame is lost other than by the queue's bounds. When the
 * consumer throws, that is a bug of ours: it goes up as an uncaught exception.
 */
export class FramePump {
  readonly queue: FrameQueue;
  readonly #consume: (frame: Frame) => void;
  readonly #sliceMs: number;
  readonly #monotonicMs: () => number;
  #turn: NodeJS.Immediate | null = null;
  #stopped = false;
  #waitForRoom: (() => void)[] = [];
  #waitForIdle: (() => void)[] = [];

  constructor(consume: (frame: Frame) => void, options: FramePumpOptions = {}) {
    this.#consume = consume;
    this.queue = options.queue ?? new FrameQueue();
    this.#sliceMs = options.sliceMs ?? SLICE_MS;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
  }

  /** Takes a frame; after `stop` it is ignored. */
  push(frame: Frame): void {
    if (this.#stopped) return;
    this.queue.push(frame);
    this.#schedule();
  }

  /** Null when more frames are welcome, else a promise that resolves once they are (or on stop). */
  whenRoom(): Promise<void> | null {
    if (this.#stopped || this.queue.hasRoom) return null;
    return new Promise((resolve) => this.#waitForRoom.push(resolve));
  }

  /** Resolves once every frame taken so far was handed on (or on stop). */
  whenIdle(): Promise<void> {
    if (this.#stopped || this.queue.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waitForIdle.push(resolve));
  }

  /** Nothing is handed on after this; what is still queued is let go. */
  stop(): void {
    this.#stopped = true;
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#turn = null;
    while (this.queue.shift() !== null);
    this.#wake();
  }

  #schedule(): void {
    this.#turn ??= setImmediate(() => this.#runSlice());
  }

  #runSlice(): void {
    this.#turn = null;
    const endMs = this.#monotonicMs() + this.#sliceMs;
    try {
      do {
        const frame = this.queue.shift();
        if (frame === null) break;
        this.#consume(frame);
      } while (this.#monotonicMs() < endMs);
    } finally {
      if (this.queue.length > 0) this.#schedule();
      this.#wake();
    }
  }

  #wake(): void {
    if (this.#stopped || this.queue.hasRoom) {
      for (const resolve of this.#waitForRoom.splice(0)) resolve();
    }
    if (this.queue.length === 0) {
      for (const resolve of this.#waitForIdle.splice(0)) resolve();
    }
  }
}
