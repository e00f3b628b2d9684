import type { Frame, SourceEvents, SourceStatus } from '../../../src/sources/source.ts';

interface Waiter {
  readonly done: () => boolean;
  readonly resolve: () => void;
}

/** Keeps what a source says, and waits for it without sleeping. */
export class Recorder implements SourceEvents {
  readonly frames: Frame[] = [];
  readonly statuses: SourceStatus[] = [];
  #waiters: Waiter[] = [];

  onFrame(frame: Frame): void {
    this.frames.push(frame);
    this.#look();
  }

  onStatus(status: SourceStatus): void {
    this.statuses.push(status);
    this.#look();
  }

  counters(topic: Frame['topic'] = 'rawtx'): number[] {
    return this.frames.filter((frame) => frame.topic === topic).map((frame) => frame.counter);
  }

  /** Looked at again with each event; rejects once the time is up. */
  async until(what: string, done: () => boolean, limitMs = 10_000): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const last = JSON.stringify(this.statuses.at(-1));
        reject(new Error(`${what}: not within ${limitMs} ms; last status ${last}`));
      }, limitMs);
      const finish = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiters.push({ done, resolve: finish });
    });
  }

  untilFrames(count: number, limitMs?: number): Promise<void> {
    return this.until(`${count} frames`, () => this.frames.length >= count, limitMs);
  }

  /** Waits for the state to hold now, or to be told next. */
  untilState(state: SourceStatus['state'], limitMs?: number): Promise<void> {
    return this.until(`state ${state}`, () => this.statuses.at(-1)?.state === state, limitMs);
  }

  #look(): void {
    const over = this.#waiters.filter((waiter) => waiter.done());
    this.#waiters = this.#waiters.filter((waiter) => !over.includes(waiter));
    for (const waiter of over) waiter.resolve();
  }
}
