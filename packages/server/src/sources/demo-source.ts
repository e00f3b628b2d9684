import { type Clock, systemClock } from '../clock.ts';
import { DemoChain } from './demo/demo-chain.ts';
import type { Source, SourceEvents, SourceStatus } from './source.ts';
import { StatusRecord } from './status-record.ts';

export interface DemoSourceOptions {
  /** An integer; the same seed, start and rate give the same bytes. The price is by seed and time. */
  readonly seed: number;
  /** When the demo goes live, unix seconds; default: the time of `start`, to the second. */
  readonly startTimeSec?: number;
  /** How much it makes up of the time before that. Default: 3 h, the pipeline's window. */
  readonly historySec?: number;
  /** Mean of transactions a second. Default: 5, an ordinary day of mainnet. */
  readonly rate?: number;
  readonly clock?: Clock;
}

const HISTORY_SEC = 3 * 3600;
const RATE = 5;
/** Longest stretch of making transactions before timers and sockets have their turn. */
const SLICE_MS = 4;

/**
 * A node made up from a seed: serialized transactions and blocks along a hidden price, with the
 * counters and in the order of a node's messages, for whoever has no node yet. First the history,
 * as fast as the consumer takes it and with its past times, then live.
 *
 * What it shows is a function of seed, start and rate alone. The seed has a fixed default but the
 * start has none, so two runs differ in their transactions; give the start as well to see the same
 * again. The price behind them is the demo market's of the same seed and time in every run.
 */
export class DemoSource implements Source {
  readonly name = 'demo';
  readonly demo = true;
  readonly #options: DemoSourceOptions;
  readonly #clock: Clock;
  readonly #record: StatusRecord;
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: () => void = () => {};
  #anchorSec = 0;
  #anchorMs = 0;

  constructor(options: DemoSourceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#record = new StatusRecord(this.name, this.#clock);
  }

  /** Resolves at once; the history follows in slices. */
  start(events: SourceEvents): Promise<void> {
    if (this.#running !== null || this.#stopped) {
      return Promise.reject(new Error('a demo source starts once'));
    }
    const { seed, historySec = HISTORY_SEC, rate = RATE } = this.#options;
    const liveSec = this.#options.startTimeSec ?? Math.floor(this.#clock.nowSec());
    this.#anchorSec = liveSec;
    this.#anchorMs = this.#clock.monotonicMs();
    const chain = new DemoChain({ seed, startTimeSec: liveSec - historySec, rate });
    this.#record.listen((status) => events.onStatus(status));
    this.#record.change('connected', null);
    this.#running = this.#run(chain, events);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#record.listen(null);
    this.#wake();
    await this.#running;
  }

  status(): SourceStatus {
    return this.#record.read();
  }

  async #run(chain: DemoChain, events: SourceEvents): Promise<void> {
    while (!this.#stopped) {
      this.#runSlice(chain, events);
      const behind = chain.nextTimeSec <= this.#nowSec();
      if (behind) await this.#roomOrStop(events.whenRoom?.() ?? nextTurn());
      else await this.#sleep((chain.nextTimeSec - this.#nowSec()) * 1000);
    }
  }

  /** Makes what is due, until the time or the room is used up. */
  #runSlice(chain: DemoChain, events: SourceEvents): void {
    const endMs = performance.now() + SLICE_MS;
    while (!this.#stopped && chain.nextTimeSec <= this.#nowSec()) {
      for (const frame of chain.step()) {
        this.#record.frames++;
        this.#record.lastFrameSec = frame.timeSec;
        events.onFrame(frame);
      }
      if (performance.now() >= endMs || events.whenRoom?.() != null) return;
    }
  }

  /**
   * The demo's time: goes with the monotonic clock, so that a wall clock set back does not stop
   * it, and catches up with a wall clock that went ahead, as after a night's sleep.
   */
  #nowSec(): number {
    const elapsedSec = (this.#clock.monotonicMs() - this.#anchorMs) / 1000;
    if (this.#options.startTimeSec !== undefined) return this.#anchorSec + elapsedSec;
    const steadySec = this.#anchorSec + elapsedSec;
    const aheadSec = this.#clock.nowSec() - steadySec;
    if (aheadSec > 2) this.#anchorSec += aheadSec;
    return this.#anchorSec + elapsedSec;
  }

  #roomOrStop(room: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      void room.then(resolve);
    });
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
