import type { Clock } from '../clock.ts';
import { StoreError } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { type TurnLimits, Turns } from './turns.ts';

/** A work on an answer; the signal ends it. */
export type AnswerWork = (signal: AbortSignal) => Promise<Answer>;

export interface GateLimits extends TurnLimits {
  /** From the call to the result, waiting included. */
  readonly deadlineMs: number;
  /** Of answers on their way to slow clients: while there is more, no work begins. */
  readonly heldBytesMax: number;
}

/** Lets few long works on answers go on at the same time, and none of them for long. */
export class HistoryGate {
  readonly #clock: Clock;
  readonly #limits: GateLimits;
  readonly #turns: Turns;
  #heldBytes = 0;

  constructor(clock: Clock, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#turns = new Turns(limits);
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
    if (this.#turns.full) throw busy();
    this.#turnAwayWhileMuchIsHeld();
    const { deadlineMs } = this.#limits;
    const late = new AbortController();
    const cancelDeadline = this.#clock.after(deadlineMs, () => late.abort(tooLate(deadlineMs)));
    const either = AbortSignal.any([signal, late.signal]);
    try {
      await this.#turns.take(either);
      return await this.#inTurn(async () => this.#held(await work(either), signal));
    } catch (error) {
      throw late.signal.aborted ? late.signal.reason : error;
    } finally {
      cancelDeadline();
    }
  }

  #turnAwayWhileMuchIsHeld(): void {
    if (this.#heldBytes > this.#limits.heldBytesMax) throw busy();
  }

  /** The bytes of an answer count before the next turn begins. */
  async #inTurn(work: () => Promise<Answer>): Promise<Answer> {
    try {
      // Those who had their turns before this one may have left much.
      this.#turnAwayWhileMuchIsHeld();
      return await work();
    } finally {
      this.#turns.leave();
    }
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

function busy(): StoreError {
  return new StoreError('busy', 'too many ask for long histories at once; try again in a while');
}

function tooLate(deadlineMs: number): StoreError {
  return new StoreError(
    'deadline',
    `the history was not ready within ${deadlineMs / 1000} s; ask for a shorter time`,
  );
}
