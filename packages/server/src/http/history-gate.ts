import type { Clock } from '../clock.ts';
import { StoreError } from '../store/store.ts';
import type { Answer } from './answer.ts';

/** A work on an answer; the signal ends it. */
export type AnswerWork = (signal: AbortSignal) => Promise<Answer>;

export interface GateLimits {
  /** Works that go on at the same time. */
  readonly atOnce: number;
  /** Works that wait for their turn; more are turned away. */
  readonly waitingMax: number;
  /** From the call to the result, waiting included. */
  readonly deadlineMs: number;
  /** Of answers on their way to slow clients: while there is more, new work is turned away. */
  readonly heldBytesMax: number;
}

/** Lets few long works on answers go on at the same time, and none of them for long. */
export class HistoryGate {
  readonly #clock: Clock;
  readonly #limits: GateLimits;
  readonly #waiting: Set<() => void> = new Set();
  #active = 0;
  #heldBytes = 0;

  constructor(clock: Clock, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Runs a work when its turn comes. The signal that it is given is aborted with the caller's, and
   * at the deadline.
   *
   * @param signal aborted when nobody waits for the answer any more, be it that it has gone out
   * @throws StoreError `busy` or `deadline`; what the work throws; the signal's reason
   */
  async run(signal: AbortSignal, work: AnswerWork): Promise<Answer> {
    signal.throwIfAborted();
    this.#turnAwayWhenFull();
    const { deadlineMs } = this.#limits;
    const late = new AbortController();
    const cancelDeadline = this.#clock.after(deadlineMs, () => late.abort(tooLate(deadlineMs)));
    const either = AbortSignal.any([signal, late.signal]);
    try {
      if (this.#active >= this.#limits.atOnce) await this.#turn(either);
      else this.#active++;
      return this.#held(await this.#worked(either, work), signal);
    } catch (error) {
      throw late.signal.aborted ? late.signal.reason : error;
    } finally {
      cancelDeadline();
    }
  }

  #turnAwayWhenFull(): void {
    const { waitingMax, heldBytesMax } = this.#limits;
    if (this.#waiting.size >= waitingMax || this.#heldBytes > heldBytesMax) {
      throw new StoreError('busy', 'too many ask for long histories at once; try again in a while');
    }
  }

  async #worked(signal: AbortSignal, work: AnswerWork): Promise<Answer> {
    try {
      return await work(signal);
    } finally {
      this.#active--;
      const [next] = this.#waiting;
      next?.();
    }
  }

  /** Resolves when it is this one's turn, which then counts as active. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', giveUp);
      };
      const enter = (): void => {
        leave();
        this.#active++;
        resolve();
      };
      const giveUp = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp);
    });
  }

  /** Counts the bytes of an answer until it has gone out. */
  #held(answer: Answer, signal: AbortSignal): Answer {
    const { length } = answer.body;
    this.#heldBytes += length;
    const gone = (): void => {
      this.#heldBytes -= length;
    };
    if (signal.aborted) gone();
    else signal.addEventListener('abort', gone, { once: true });
    return answer;
  }
}

function tooLate(deadlineMs: number): StoreError {
  return new StoreError(
    'deadline',
    `the history was not ready within ${deadlineMs / 1000} s; ask for a shorter time`,
  );
}
