/** `tidegauge` as a process of its own, with what it logs and says; ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const COMMAND = fileURLToPath(new URL('../packages/server/bin/tidegauge.mjs', import.meta.url));

export type LogLine = Readonly<Record<string, unknown>>;

/** The part of `/health` that these tests read. */
export interface Health {
  readonly status: string;
  readonly demo: boolean;
  readonly price_status: string;
  readonly clients_connected: number;
  readonly mempool_received_txs: number;
  readonly mempool_filtered_txs: number;
  readonly mempool_active_txs: number;
  readonly sources: Readonly<Record<string, SourceReport>>;
}

export interface SourceReport {
  readonly state: string;
  readonly frames: number;
  readonly missed: number;
  readonly dropped: number;
  readonly malformed: number;
  readonly detail: string | null;
}

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** A process with a history of its own, that is ended with the test that started it, if it has not ended by then. */
export class RealProcess {
  readonly log: LogLine[] = [];
  /** What it wrote to stdout that is no log. */
  readonly printed: string[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const data = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
    const child = spawn(process.execPath, [COMMAND, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LOG_FORMAT: 'json', DATA_DIR: data, ...env },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    const stderr = text(child.stderr);
    this.ended = once(child, 'close').then(async ([code]) => {
      this.#wake();
      return { code: code as number | null, stderr: await stderr };
    });
    onTestFinished(async () => {
      if (this.#isRunning()) child.kill('SIGKILL');
      await this.ended;
      rmSync(data, { recursive: true });
    });
  }

  /** The first line of the log that fits, once it is there. */
  async logged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.log.find(fits);
      if (found !== undefined) return found;
      if (!this.#isRunning()) throw new Error(`ended without it: ${(await this.ended).stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Where its page is, with a slash at the end. */
  async url(): Promise<string> {
    return String((await this.logged((line) => 'url' in line)).url);
  }

  async streamUrl(): Promise<string> {
    return `${(await this.url()).replace('http', 'ws')}ws/mempool`;
  }

  async health(): Promise<Health> {
    return (await (await fetch(`${await this.url()}health`)).json()) as Health;
  }

  /** Asks for its health, one question after another, until the answer fits. */
  async healthOnce(fits: (health: Health) => boolean): Promise<Health> {
    for (;;) {
      const health = await this.health();
      if (fits(health)) return health;
    }
  }

  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }

  #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #take(line: string): void {
    if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
    else this.printed.push(line);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
