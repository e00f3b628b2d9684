import type { Clock } from '../clock.ts';
import type { Broadcaster } from './endpoint.ts';
import { SENDS_PER_LOOK, SLICE_MS } from './limits.ts';

/** Whoever has something to be sent: a session. */
export interface Sender {
  /** Writes what waits, if it may be written now. */
  flush(): void;
}

export interface SendQueueOptions {
  readonly clock: Clock;
  /** Calls back once, after I/O that is ready has had its turn. */
  readonly soon: (callback: () => void) => void;
  /** Publications of these channels are all written, so long after they began to be. */
  readonly onBroadcast: (channels: readonly string[], durationMs: number) => void;
}

/** A broadcast that is not all written. */
interface Mark {
  readonly channels: readonly string[];
  readonly startedMs: number;
  /** How many of those in line have to be written before it is. */
  readonly sends: number;
}

/**
 * Writes to clients in slices: at once, as long as this turn of the event loop has lasted less
 * than SLICE_MS; what is left waits in line for the next turns, so that accepting, pings and
 * stats go on beside a broadcast to many thousands. First come, first written.
 */
export class SendQueue implements Broadcaster {
  readonly #options: SendQueueOptions;
  #line: Sender[] = [];
  /** How many of the line have been written. */
  #head = 0;
  #marks: Mark[] = [];
  #turnStartedMs = 0;
  #inTurn = false;
  #sends = 0;
  #overdue = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  /** Lets a sender write, now or in its turn. It must not be in line already. */
  send(sender: Sender): void {
    if (!this.#inTurn) this.#beginTurn();
    if (this.#overdue || this.busy) {
      this.#line.push(sender);
    } else {
      sender.flush();
      this.#look();
    }
  }

  /**
   * Runs what sends the publications of some channels to many, and tells how long it was until the
   * last of these was written.
   */
  broadcast(channels: readonly string[], sendAll: () => void): void {
    const startedMs = this.#options.clock.monotonicMs();
    sendAll();
    const mark = { channels, startedMs, sends: this.#line.length };
    if (this.busy) this.#marks.push(mark);
    else this.#finish(mark);
  }

  get busy(): boolean {
    return this.#head < this.#line.length;
  }

  /** Writes to everybody in line, without a pause: for the end of the process. */
  flush(): void {
    while (this.busy) this.#take();
  }

  #beginTurn(): void {
    this.#inTurn = true;
    this.#overdue = false;
    this.#sends = 0;
    this.#turnStartedMs = this.#options.clock.monotonicMs();
    this.#options.soon(() => this.#endTurn());
  }

  #endTurn(): void {
    this.#inTurn = false;
    if (!this.busy) return;
    this.#beginTurn();
    while (this.busy && !this.#overdue) this.#take();
  }

  #take(): void {
    const next = this.#line[this.#head]!;
    this.#head++;
    next.flush();
    this.#look();
    if (this.#marks.length > 0 && this.#marks[0]!.sends === this.#head) this.#reached();
    if (!this.busy) {
      this.#line = [];
      this.#head = 0;
    }
  }

  #reached(): void {
    const reached = this.#marks.filter(({ sends }) => sends === this.#head);
    this.#marks = this.#marks.slice(reached.length);
    for (const mark of reached) this.#finish(mark);
  }

  /** Asking for the time costs: only now and then. */
  #look(): void {
    this.#sends++;
    if (this.#sends % SENDS_PER_LOOK !== 0) return;
    const lastedMs = this.#options.clock.monotonicMs() - this.#turnStartedMs;
    this.#overdue = lastedMs >= SLICE_MS;
  }

  #finish({ channels, startedMs }: Mark): void {
    this.#options.onBroadcast(channels, this.#options.clock.monotonicMs() - startedMs);
  }
}
