import type { Clock } from '../clock.ts';
import type { Answer } from './answer.ts';
import type { AnswerWork } from './history-gate.ts';
import { SHARED_MS } from './limits.ts';

interface SharedWork {
  readonly answer: Promise<Answer>;
  readonly ending: AbortController;
  /** Requests that are not done with it. */
  waiting: number;
  /** Made, and kept for whoever comes next. */
  kept: boolean;
}

export interface SharedAnswersOptions {
  /** Whoever asks within this time after the first one gets the same answer. Default: SHARED_MS. */
  readonly keptMs?: number;
  /** Beyond so many at a time, answers are not shared. Default: no limit. */
  readonly sharedMax?: number;
}

/** Does the work for one answer once, for all who ask for it at about the same time. */
export class SharedAnswers {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #sharedMax: number;
  readonly #works: Map<string, SharedWork> = new Map();

  constructor(clock: Clock, options: SharedAnswersOptions = {}) {
    const { keptMs = SHARED_MS, sharedMax = Number.POSITIVE_INFINITY } = options;
    this.#clock = clock;
    this.#keptMs = keptMs;
    this.#sharedMax = sharedMax;
  }

  /**
   * The answer of that name. The work's signal is aborted when the last one who waits for it is
   * gone, and once the answer is made, when in addition nobody can ask for it any more.
   */
  answer(name: string, signal: AbortSignal, work: AnswerWork): Promise<Answer> {
    const known = this.#works.get(name);
    if (known === undefined && this.#works.size >= this.#sharedMax) return work(signal);
    const shared = known ?? this.#begin(name, work);
    shared.waiting++;
    const leave = (): void => {
      shared.waiting--;
      this.#endUnused(name, shared);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return shared.answer;
  }

  #begin(name: string, work: AnswerWork): SharedWork {
    const ending = new AbortController();
    const shared = { answer: work(ending.signal), ending, waiting: 0, kept: false };
    this.#works.set(name, shared);
    const cancel = this.#clock.after(this.#keptMs, () => {
      shared.kept = false;
      this.#forget(name, shared);
      this.#endUnused(name, shared);
    });
    shared.answer.then(
      () => {
        shared.kept = this.#works.get(name) === shared;
      },
      () => {
        // Whoever asked hears of it; the next one tries anew.
        cancel();
        this.#forget(name, shared);
      },
    );
    return shared;
  }

  #endUnused(name: string, shared: SharedWork): void {
    if (shared.waiting > 0 || shared.kept) return;
    this.#forget(name, shared);
    shared.ending.abort();
  }

  #forget(name: string, shared: SharedWork): void {
    if (this.#works.get(name) === shared) this.#works.delete(name);
  }
}
