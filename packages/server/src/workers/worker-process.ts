import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker, StartMessage, ToWorker } from './messages.ts';
import { OutLine } from './out-line.ts';

const ENTRY = fileURLToPath(new URL('worker-main.ts', import.meta.url));

/** How a worker came to its end. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface WorkerProcessOptions {
  readonly start: StartMessage;
  readonly onMessage: (message: FromWorker) => void;
  readonly onEnd: (end: WorkerEnd) => void;
}

/** The process of a worker, as the main process sees it. */
export class WorkerProcess {
  readonly line: OutLine<ToWorker>;
  readonly #child: ChildProcess;

  constructor({ start, onMessage, onEnd }: WorkerProcessOptions) {
    // Node's own copies of structured values, in which bytes stay bytes.
    this.#child = fork(ENTRY, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.line = new OutLine((messages, written) => {
      this.#child.send(messages as ToWorker[], undefined, undefined, written);
    });
    this.#child.on('message', (messages) => {
      for (const message of messages as FromWorker[]) onMessage(message);
    });
    // A process that could not be started, or not be killed: in the first case no exit follows.
    this.#child.on('error', () => {
      if (this.#child.pid === undefined) this.#ended(onEnd, { code: null, signal: null });
    });
    this.#child.once('exit', (code, signal) => this.#ended(onEnd, { code, signal }));
    this.line.offer('start', () => start);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Lets it go: it ends itself then. */
  release(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ended(onEnd: (end: WorkerEnd) => void, end: WorkerEnd): void {
    this.line.end();
    onEnd(end);
  }
}
