import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** How a program is started, less the address of the server. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: (serverUrl: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that writes lines, as a process of its own; ended by its id. */
export class RunningProgram {
  readonly lines: string[] = [];
  /** With its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #name: string;
  #hasEnded = false;
  #waiting: (() => void)[] = [];

  constructor(program: Program, serverUrl: string, env: Readonly<Record<string, string>> = {}) {
    this.#name = program.name;
    // Of this environment only where programs are: no settings of ours, no proxy in between.
    this.#child = spawn(program.command, program.args(serverUrl), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', ...program.env, ...env },
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        this.#wake();
      });
    }
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#hasEnded = true;
      this.#wake();
      return code as number | null;
    });
  }

  /** The first line that fits, of those from the given one on, once it is there. */
  async line(form: RegExp, from = 0): Promise<string> {
    for (;;) {
      const found = this.lines.slice(from).find((line) => form.test(line));
      if (found !== undefined) return found;
      if (this.#hasEnded) {
        throw new Error(`${this.#name} ended without ${form}:\n${this.lines.join('\n')}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async end(): Promise<void> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    await this.ended;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
