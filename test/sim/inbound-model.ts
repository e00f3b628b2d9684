const WINDOW_MS = 10_000;
const ERRORS_MAX = 10;

export type Verdict = 'taken' | 'refused' | 'closed';

/** What a client may expect to become of its frames, by the words of the protocol. */
export class InboundModel {
  readonly #messagesMax: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  readonly #errorsMs: number[] = [];

  /** @param messagesMax that are taken within 10 s */
  constructor(messagesMax: number) {
    this.#messagesMax = messagesMax;
  }

  frame(nowMs: number): Verdict {
    if (nowMs >= this.#windowStartMs + WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#count = 0;
    }
    this.#count++;
    if (this.#count <= this.#messagesMax) return 'taken';
    return this.#count > 2 * this.#messagesMax ? 'closed' : 'refused';
  }

  /** @returns true for the 10th error within 10 s */
  error(nowMs: number): boolean {
    this.#errorsMs.push(nowMs);
    const recent = this.#errorsMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
    return recent.length >= ERRORS_MAX;
  }
}
