import type { ProgressLine } from './progress-line.ts';

const SHOWN_MAX = 20;

/** Tells on stderr what is wrong with the input: the first problems in full, then their number. */
export class ProblemList {
  readonly #command: string;
  readonly #stderr: NodeJS.WritableStream;
  readonly #progress: ProgressLine;
  #sinceEnd = 0;
  #count = 0;

  /** @param command its name, which every line begins with */
  constructor(command: string, stderr: NodeJS.WritableStream, progress: ProgressLine) {
    this.#command = command;
    this.#stderr = stderr;
    this.#progress = progress;
  }

  /** All so far. */
  get count(): number {
    return this.#count;
  }

  report(problem: string): void {
    this.#count += 1;
    this.#sinceEnd += 1;
    if (this.#sinceEnd <= SHOWN_MAX) this.#write(problem);
  }

  /** Says how many more there were since the last end; the next ones are told in full again. */
  end(): void {
    this.#progress.clear();
    const more = this.#sinceEnd - SHOWN_MAX;
    if (more > 0) this.#write(`${more} more problems like these`);
    this.#sinceEnd = 0;
  }

  #write(text: string): void {
    this.#progress.clear();
    this.#stderr.write(`tidegauge ${this.#command}: ${text}\n`);
  }
}
