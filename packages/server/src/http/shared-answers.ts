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

/** Does the work for one answer once, for all who ask for it at about the same time. */
export class SharedAnswers {
  readonly #clock: Clock;
  readonly #works: Map<string, SharedWork> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The answer of that name. The work's signal is aborted when the last one who waits for it is
   * gone, and once the answer is made, when in addition nobody can ask for it any more.
   */
  answer(name: string, signal: AbortSignal, work: AnswerWork): Promise<Answer> {
    const shared = this.#works.get(name) ?? this.#begin(name, work);
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
    const cancel = this.#clock.after(SHARED_MS, () => {
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
