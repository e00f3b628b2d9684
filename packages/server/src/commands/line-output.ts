import { once } from 'node:events';

const LINES_A_WRITE = 256;

/** Lines to stdout, some at a time, as fast as whoever reads them takes them. */
export class LineOutput {
  readonly #stdout: NodeJS.WritableStream;
  #lines: string[] = [];
  #readerGone = false;

  /** @param onProblem told when stdout fails for another reason than a reader that has gone */
  constructor(stdout: NodeJS.WritableStream, onProblem: (problem: string) => void) {
    this.#stdout = stdout;
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      this.#readerGone = true;
      if (error.code !== 'EPIPE') onProblem(`stdout: ${error.message}`);
    });
  }

  /** Whoever read stdout has had enough, as in `| head`. */
  get readerGone(): boolean {
    return this.#readerGone;
  }

  /** Adds a line; when enough are gathered, resolves once they are on their way. */
  async line(text: string): Promise<void> {
    this.#lines.push(`${text}\n`);
    if (this.#lines.length >= LINES_A_WRITE) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    if (text === '' || this.#readerGone || this.#stdout.write(text)) return;
    await once(this.#stdout, 'drain').catch((error: unknown) => {
      if (!this.#readerGone) throw error;
    });
  }
}
