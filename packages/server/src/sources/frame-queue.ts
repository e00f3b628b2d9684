import type { Frame } from './source.ts';

export interface FrameQueueLimits {
  readonly framesMax: number;
  /** Of the bodies together. */
  readonly bytesMax: number;
}

/**
 * The largest block holds about 16,000 transactions (4,000,000 weight units at 244 for the
 * smallest common one) and a node sends them all again at once when it connects: two such bursts
 * fit. 64 MiB hold sixteen of the largest blocks.
 */
export const FRAME_QUEUE_LIMITS: FrameQueueLimits = {
  framesMax: 32_768,
  bytesMax: 64 * 1024 * 1024,
};

/**
 * First in, first out, bounded by count and by bytes. Over either bound the OLDEST frames go, and
 * are counted. The newest frame always stays, even one that is larger than all the bytes allowed.
 */
export class FrameQueue {
  readonly #limits: FrameQueueLimits;
  readonly #ring: (Frame | undefined)[];
  #head = 0;
  #length = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(limits: FrameQueueLimits = FRAME_QUEUE_LIMITS) {
    if (!(limits.framesMax >= 1) || !(limits.bytesMax >= 1)) {
      throw new RangeError(
        `frame queue limits must be 1 or more, got ${limits.framesMax} frames and ${limits.bytesMax} bytes`,
      );
    }
    this.#limits = limits;
    this.#ring = Array.from({ length: Math.floor(limits.framesMax) });
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Frames that a bound pushed out before they were read. */
  get dropped(): number {
    return this.#dropped;
  }

  /** True while it is less than a quarter full by both bounds: whoever can wait, waits for this. */
  get hasRoom(): boolean {
    return this.#length * 4 <= this.#limits.framesMax && this.#bytes * 4 <= this.#limits.bytesMax;
  }

  push(frame: Frame): void {
    while (this.#length > 0 && this.#overflowsWith(frame)) {
      this.shift();
      this.#dropped++;
    }
    this.#ring[(this.#head + this.#length) % this.#ring.length] = frame;
    this.#length++;
    this.#bytes += frame.body.length;
  }

  /** Takes the oldest frame, null when empty. */
  shift(): Frame | null {
    const frame = this.#ring[this.#head];
    if (frame === undefined) return null;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#length--;
    this.#bytes -= frame.body.length;
    return frame;
  }

  #overflowsWith(frame: Frame): boolean {
    return (
      this.#length >= this.#ring.length || this.#bytes + frame.body.length > this.#limits.bytesMax
    );
  }
}
