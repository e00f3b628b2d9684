import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { type LogLine, RealProcess } from '../real-process.ts';
import { StreamClient } from './stream-client.ts';

/** A demo with workers, each a process of its own. */
export class WorkerServer {
  readonly process: RealProcess;
  readonly #url: string;

  constructor(process: RealProcess, url: string) {
    this.process = process;
    this.#url = url;
  }

  static async start(
    env: Readonly<Record<string, string>> = {},
    workers = 2,
  ): Promise<WorkerServer> {
    const started = new RealProcess(['serve', `--workers=${workers}`], {
      PORT: '0',
      WS_MAX_CONNECTIONS_PER_IP: '0',
      MEMPOOL_UPDATE_INTERVAL_MS: '100',
      ...env,
    });
    return new WorkerServer(started, await started.url());
  }

  /** `http://127.0.0.1:port/` */
  get url(): string {
    return this.#url;
  }

  get mempool(): string {
    return `${this.#url.replace('http', 'ws')}ws/mempool`;
  }

  get heatmap(): string {
    return `${this.#url.replace('http', 'ws')}ws/heatmap`;
  }

  /** The processes of the workers that are up, by their number: the newest of each. */
  pids(): ReadonlyMap<number, number> {
    const up = this.process.log.filter(({ event }) => event === 'worker_up');
    return new Map(up.map(({ worker, pid }) => [Number(worker), Number(pid)]));
  }

  signal(worker: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT'): void {
    process.kill(this.pids().get(worker)!, signal);
  }

  /** The workers that clients have come to, one entry for each client. */
  landed(): number[] {
    return this.process.log.filter(isConnect).map(({ worker }) => Number(worker));
  }

  /**
   * Connects clients, one after another, until each worker has as many as wanted.
   * @returns all of them, by worker
   */
  async clients(perWorker: number, url: string, subscription: unknown): Promise<StreamClient[][]> {
    const byWorker: StreamClient[][] = [...this.pids().keys()].map(() => []);
    while (byWorker.some((clients) => clients.length < perWorker)) {
      const before = this.landed().length;
      const client = await new StreamClient(url, subscription).opened();
      const line = await this.process.logged(
        (each) => isConnect(each) && this.process.log.filter(isConnect).indexOf(each) === before,
      );
      byWorker[Number(line.worker) - 1]!.push(client);
    }
    return byWorker;
  }

  async json(path: string): Promise<Record<string, unknown>> {
    return (await (await fetch(this.#url + path)).json()) as Record<string, unknown>;
  }

  /** Asks for /ws/stats again and again, until the answer fits. */
  async stats(fits: (stats: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const stats = await this.json('ws/stats');
      if (fits(stats)) return stats;
    }
  }
}

/** True while a process runs; one that has ended and was not asked how yet does not. */
export function runs(pid: number): boolean {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)]);
  return status === 0 && !String(stdout).startsWith('Z');
}

function isConnect({ event }: LogLine): boolean {
  return event === 'ws_connect';
}
