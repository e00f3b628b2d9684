import { type Clock, systemClock } from '../clock.ts';
import { MessageCounter } from './message-counter.ts';
import type { Source, SourceEvents, SourceStatus } from './source.ts';
import { StatusRecord } from './status-record.ts';
import { zmqEndpointProblem } from './zmq-endpoint.ts';
import { ZmqLine, type ZmqModule } from './zmq-line.ts';
import { readMessage, type Topic } from './zmq-message.ts';

export interface ZmqSourceOptions {
  /** Where the node publishes `rawtx` and `rawblock`; at least one, they may be the same. */
  readonly txEndpoint: string | null;
  readonly blockEndpoint: string | null;
  /** Longest silence before a line counts as lost; defaults to `SILENCE_SEC_MAX`. */
  readonly silenceSecMax?: Partial<Record<Topic, number>>;
  readonly clock?: Clock;
  /** Loads the zeromq package, whose native part may be missing on a machine. */
  readonly load?: () => Promise<ZmqModule>;
}

/**
 * Mainnet brings 2 transactions a second in its quietest hours, so 30 s without any have a chance
 * of e^-60: the node is cut off, busy writing its caches to disk, or does not publish `rawtx`.
 * Blocks come each 10 minutes on average: 2 h without one have a chance of e^-12 (once in some
 * three years), and building the socket anew then costs nothing. A broken line is known within
 * 4 s by heartbeats, long before either.
 */
export const SILENCE_SEC_MAX: Readonly<Record<Topic, number>> = { rawtx: 30, rawblock: 7200 };

const TICK_MS = 1000;

/** Transactions and blocks from a Bitcoin node's ZMQ publisher (Bitcoin Core 25 and later). */
export class ZmqSource implements Source {
  readonly name = 'zmq';
  readonly demo = false;
  readonly #options: ZmqSourceOptions;
  readonly #clock: Clock;
  readonly #record: StatusRecord;
  readonly #counters: Record<Topic, MessageCounter> = {
    rawtx: new MessageCounter(),
    rawblock: new MessageCounter(),
  };
  #lines: ZmqLine[] = [];
  #events: SourceEvents | null = null;
  #phase: 'new' | 'started' | 'stopped' = 'new';
  #cancelTick: () => void = () => {};

  /** Throws for an endpoint that `zmqEndpointProblem` rejects, and when none is given. */
  constructor(options: ZmqSourceOptions) {
    const endpoints = [options.txEndpoint, options.blockEndpoint].filter((each) => each !== null);
    if (endpoints.length === 0) throw new Error('a ZMQ source needs an endpoint');
    for (const endpoint of endpoints) {
      const problem = zmqEndpointProblem(endpoint);
      if (problem !== null) throw new Error(problem);
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#record = new StatusRecord(this.name, this.#clock);
  }

  async start(events: SourceEvents): Promise<void> {
    if (this.#phase !== 'new') throw new Error('a ZMQ source starts once');
    this.#phase = 'started';
    this.#events = events;
    this.#record.listen((status) => events.onStatus(status));
    const zmq = await this.#loadModule();
    if (zmq === null || this.#hasStopped()) return;
    this.#lines = this.#planLines(zmq);
    for (const line of this.#lines) line.open();
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#events = null;
    this.#record.listen(null);
    this.#cancelTick();
    await Promise.all(this.#lines.map((line) => line.close()));
  }

  status(): SourceStatus {
    return this.#record.read();
  }

  #hasStopped(): boolean {
    return this.#phase === 'stopped';
  }

  async #loadModule(): Promise<ZmqModule | null> {
    try {
      return await (this.#options.load ?? loadZeromq)();
    } catch (error) {
      this.#record.change(
        'lost',
        "the zeromq package, which reads the node's messages, cannot be loaded on this machine " +
          `(${firstLine(error)}). Install it with: npm install --include=optional, then start again`,
      );
      return null;
    }
  }

  #planLines(zmq: ZmqModule): ZmqLine[] {
    const { txEndpoint, blockEndpoint } = this.#options;
    const topicsOf = new Map<string, Topic[]>();
    if (txEndpoint !== null) topicsOf.set(txEndpoint, ['rawtx']);
    if (blockEndpoint !== null) {
      topicsOf.set(blockEndpoint, [...(topicsOf.get(blockEndpoint) ?? []), 'rawblock']);
    }
    const silenceSecMax = { ...SILENCE_SEC_MAX, ...this.#options.silenceSecMax };
    return Array.from(topicsOf, ([endpoint, topics]) => {
      const line: ZmqLine = new ZmqLine(zmq, endpoint, topics, silenceSecMax[topics[0]!], {
        onMessage: (parts) => this.#onMessage(line, parts),
        onChange: () => this.#judge(),
      });
      return line;
    });
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#clock.after(TICK_MS, () => {
      for (const line of this.#lines) line.tick();
      this.#scheduleTick();
    });
  }

  #onMessage(line: ZmqLine, parts: readonly Uint8Array[]): void {
    const read = readMessage(parts, this.#clock.nowSec());
    if (read.topic !== null && read.counter !== null) {
      this.#record.missed += this.#counters[read.topic].observe(read.counter);
    }
    if ('malformed' in read) {
      this.#record.malformed++;
      return;
    }
    this.#record.frames++;
    this.#record.lastFrameSec = read.timeSec;
    // A line is judged by its first topic: blocks alone do not show that transactions come.
    if (read.topic === line.topics[0]) line.heard();
    this.#events?.onFrame(read);
  }

  /**
   * The first line decides: that of transactions where they are read, which alone keeps the price
   * live. What is wrong with the other one is told beside it.
   */
  #judge(): void {
    const [first, other] = this.#lines;
    if (first === undefined) return;
    if (first.state === 'down') {
      this.#record.change('lost', first.problem);
      return;
    }
    const waiting =
      first.state === 'waiting'
        ? `${first.endpoint} is up, waiting for the first ${first.topics[0]} message`
        : null;
    const detail = [waiting, other?.problem ?? null].filter((each) => each !== null).join('. ');
    const wasUp = this.#record.state !== 'connecting';
    const state = first.state === 'receiving' ? 'connected' : wasUp ? 'lost' : 'connecting';
    this.#record.change(state, detail === '' ? null : detail);
  }
}

async function loadZeromq(): Promise<ZmqModule> {
  return await import('zeromq');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
