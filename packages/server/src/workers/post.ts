import type { Clock } from '../clock.ts';
import { type HubFigures, sumFigures } from '../hub/hub-stats.ts';
import type { Log } from '../log.ts';
import type { Headcount } from './headcount.ts';
import { GRACE_MS, SILENT_MAX_MS, START_TIMEOUT_MS } from './limits.ts';
import type { FromWorker, StartMessage } from './messages.ts';
import { RestartPause } from './restart-pause.ts';
import { type FedStates, WorkerFeed } from './worker-feed.ts';
import { type WorkerEnd, WorkerProcess } from './worker-process.ts';

export interface PostOptions {
  /** From 1. */
  readonly number: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly states: FedStates;
  readonly headcount: Headcount;
  /** Called when it has reported other clients than before. */
  readonly onCount: () => void;
  readonly start: StartMessage;
}

/** Why a worker did not come to listen. @property code the system's; empty when it has none */
export class WorkerStartError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'WorkerStartError';
    this.code = code;
  }
}

type LogLines = Extract<FromWorker, { readonly kind: 'log' }>;

interface Running {
  readonly process: WorkerProcess;
  readonly feed: WorkerFeed;
  readonly startedMs: number;
}

/** A place for a worker. One that ends is replaced, the others go on meanwhile. */
export class Post {
  readonly number: number;
  readonly #options: PostOptions;
  readonly #pause: RestartPause = new RestartPause();
  #running: Running | null = null;
  /** Where those that worked here have listened. */
  #port: number | null = null;
  #listening = false;
  #stopping = false;
  #cancelTimer: () => void = () => {};
  #figures: HubFigures = sumFigures([]);
  /** What those before the one that runs have done. */
  #past: HubFigures = sumFigures([]);
  #settleStart: ((result: number | WorkerStartError) => void) | null = null;
  #onDrained: (() => void)[] = [];
  #onEnded: (() => void)[] = [];

  constructor(options: PostOptions) {
    this.#options = options;
    this.number = options.number;
  }

  /** Resolves with the port once the worker listens. Rejects with a WorkerStartError. */
  start(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settleStart = (result) => {
        this.#settleStart = null;
        if (typeof result === 'number') resolve(result);
        else {
          this.#stopping = true;
          reject(result);
        }
      };
      this.#begin();
    });
  }

  get feed(): WorkerFeed | null {
    return this.#running?.feed ?? null;
  }

  get takesClients(): boolean {
    return this.#listening && !this.#stopping;
  }

  /** Of all that have worked here. */
  get figures(): HubFigures {
    return sumFigures([this.#past, this.#figures]);
  }

  /** Tells the worker how many clients the others have. */
  tellOthers(): void {
    const { headcount } = this.#options;
    this.#running?.process.line.offer('others', () => {
      return { kind: 'others', ...headcount.takeOthersOf(this.number) };
    });
  }

  /** Resolves once its clients are gone; no worker begins here any more. */
  drain(durationMs: number): Promise<void> {
    this.#stop();
    if (this.#running === null) return Promise.resolve();
    this.#running.process.line.offer('drain', () => ({ kind: 'drain', durationMs }));
    this.#killAfter(durationMs + GRACE_MS);
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  /** Resolves once its process has ended. */
  close(): Promise<void> {
    this.#stop();
    if (this.#running === null) return Promise.resolve();
    this.#running.process.release();
    this.#killAfter(GRACE_MS);
    return new Promise((resolve) => this.#onEnded.push(resolve));
  }

  #begin(): void {
    const { clock, states, start, headcount } = this.#options;
    // Port 0 is any for the first time only.
    const port = this.#port ?? start.config.port;
    const process: WorkerProcess = new WorkerProcess({
      start: { ...start, config: { ...start.config, port } },
      onMessage: (message) => {
        // What it wrote last may be read after its end; its log is worth having.
        if (message.kind === 'log') this.#write(message);
        else if (this.#running?.process === process) this.#take(message);
      },
      onEnd: (end) => this.#ended(end),
    });
    headcount.add(this.number);
    const feed = new WorkerFeed(states, process.line);
    this.#running = { process, feed, startedMs: clock.monotonicMs() };
    this.tellOthers();
    this.#killAfter(START_TIMEOUT_MS);
  }

  #take(message: Exclude<FromWorker, LogLines>): void {
    const { headcount, onCount, number } = this.#options;
    switch (message.kind) {
      case 'listening':
        this.#listens(message.port);
        break;
      case 'not_listening':
        this.#cannotListen(message);
        break;
      case 'wants':
        this.feed?.follow(message.feed, message.wants);
        break;
      case 'clients':
        headcount.report(number, message.connections, message.changed);
        onCount();
        break;
      case 'figures':
        this.#figures = message.figures;
        if (this.takesClients) this.#expectFigures();
        break;
      case 'drained':
        this.#drained();
    }
  }

  #listens(port: number): void {
    this.#cancelTimer();
    this.#port = port;
    this.#listening = true;
    const { log, number } = this.#options;
    const pid = this.#running?.process.pid ?? null;
    log.info({ event: 'worker_up', worker: number, pid }, `worker ${number} takes clients`);
    this.#expectFigures();
    this.#settleStart?.(port);
  }

  /** One that hangs would be given its share of new clients all the same. */
  #expectFigures(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(SILENT_MAX_MS, () => {
      const { log, number } = this.#options;
      log.warn({ event: 'worker_silent', worker: number }, `worker ${number} reports nothing`);
      this.#killAfter(GRACE_MS);
    });
  }

  /** It ends by itself now; the first time that ends the start as well. */
  #cannotListen({ code, message }: { readonly code: string; readonly message: string }): void {
    const { log, number } = this.#options;
    if (this.#settleStart !== null) this.#settleStart(new WorkerStartError(code, message));
    else log.error({ event: 'worker_not_listening', worker: number, code }, message);
  }

  #write({ lines }: LogLines): void {
    const { log, number } = this.#options;
    for (const { level, fields, message } of lines) {
      log[level]({ ...fields, worker: number }, message);
    }
  }

  #ended(end: WorkerEnd): void {
    const running = this.#running;
    if (running === null) return;
    const { clock, headcount, onCount, number } = this.#options;
    this.#running = null;
    this.#listening = false;
    this.#cancelTimer();
    headcount.remove(number);
    onCount();
    this.#past = sumFigures([this.#past, withoutPresent(this.#figures)]);
    this.#figures = sumFigures([]);
    this.#drained();
    for (const resolve of this.#onEnded.splice(0)) resolve();
    this.#settleStart?.(new WorkerStartError('', `worker ${number} ended ${inWords(end)}`));
    if (!this.#stopping) this.#beginAgain(end, clock.monotonicMs() - running.startedMs);
  }

  #beginAgain(end: WorkerEnd, ranMs: number): void {
    const { clock, log, number } = this.#options;
    const pauseMs = this.#pause.after(ranMs);
    log.error(
      { event: 'worker_ended', worker: number, ...end, again_in_ms: pauseMs },
      `worker ${number} ended ${inWords(end)}; its clients come back to the others`,
    );
    this.#cancelTimer = clock.after(pauseMs, () => this.#begin());
  }

  #stop(): void {
    this.#stopping = true;
    this.#cancelTimer();
  }

  #drained(): void {
    this.#cancelTimer();
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  #killAfter(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      const { log, number } = this.#options;
      log.error({ event: 'worker_killed', worker: number }, `worker ${number} does not answer`);
      this.#running?.process.kill();
    });
  }
}

/** What stays true once nobody is connected any more. */
function withoutPresent(figures: HubFigures): HubFigures {
  const gone = Object.keys(figures.subscriptions).map((channel) => [channel, 0]);
  return {
    ...figures,
    connections: 0,
    subscriptions: Object.fromEntries(gone),
    recentBroadcastsSec: [],
    sentLastMinute: 0,
  };
}

function inWords({ code, signal }: WorkerEnd): string {
  if (signal !== null) return `by ${signal}`;
  return code === null ? 'before it began' : `with code ${code}`;
}
