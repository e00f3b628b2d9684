export interface TurnLimits {
  /** Turns that go on at the same time. */
  readonly atOnce: number;
  /** Those that wait for theirs, first come, first served. */
  readonly waitingMax: number;
}

/** Lets few do something at the same time, and others wait until one of them is done. */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #waiting: Set<() => void> = new Set();
  #active = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** There is no room to wait. */
  get full(): boolean {
    return this.#waiting.size >= this.#limits.waitingMax && this.#active >= this.#limits.atOnce;
  }

  get idle(): boolean {
    return this.#active === 0;
  }

  /**
   * Resolves when it is this one's turn, which goes on until `leave`. Whoever comes asks `full`
   * first.
   *
   * @throws the signal's reason, when it is aborted before that
   */
  take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#active >= this.#limits.atOnce) return this.#wait(signal);
    this.#active++;
    return Promise.resolve();
  }

  /** Ends a turn; the next one's begins. */
  leave(): void {
    this.#active--;
    const [next] = this.#waiting;
    next?.();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', giveUp);
      };
      const enter = (): void => {
        stop();
        this.#active++;
        resolve();
      };
      const giveUp = (): void => {
        stop();
        reject(signal.reason as Error);
      };
      this.#waiting.add(enter);
      signal.addEventListener('abort', giveUp);
    });
  }
}
