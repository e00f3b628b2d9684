import {
  ERRORS_PER_WINDOW_MAX,
  RATE_LIMIT_CLOSE_FACTOR,
  RATE_WINDOW_MS,
} from '@tidegauge/protocol';

export type InboundVerdict =
  | { readonly kind: 'take' }
  /** Not to be read; the next one will be after this time. */
  | { readonly kind: 'refuse'; readonly retryAfterMs: number }
  /** So far over that the client does not heed its errors. */
  | { readonly kind: 'close'; readonly retryAfterMs: number };

/** Counts a client's messages in windows of 10 s that begin with its first message. */
export class InboundLimit {
  readonly #max: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(messagesPerWindowMax: number) {
    this.#max = messagesPerWindowMax;
  }

  count(nowMs: number): InboundVerdict {
    if (nowMs - this.#windowStartMs >= RATE_WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= this.#max) return { kind: 'take' };
    const retryAfterMs = Math.ceil(this.#windowStartMs + RATE_WINDOW_MS - nowMs);
    const farOver = this.#count > this.#max * RATE_LIMIT_CLOSE_FACTOR;
    return { kind: farOver ? 'close' : 'refuse', retryAfterMs };
  }
}

/** Tells when a client has made its 10th error within any 10 s. */
export class ErrorLimit {
  #timesMs: number[] = [];

  /** @returns true when this error is the one too many */
  count(nowMs: number): boolean {
    this.#timesMs.push(nowMs);
    if (this.#timesMs.length > ERRORS_PER_WINDOW_MAX) this.#timesMs.shift();
    const full = this.#timesMs.length === ERRORS_PER_WINDOW_MAX;
    return full && nowMs - this.#timesMs[0]! < RATE_WINDOW_MS;
  }
}
