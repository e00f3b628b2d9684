import { StoreError } from './store.ts';
import { closedError } from './store-errors.ts';

/** Runs tasks one after another, in the order of their coming. */
export class PutQueue {
  readonly #waitingMax: number;
  #waiting = 0;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /** @throws StoreError `busy` when too many wait, `closed`; or what the task throws */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError();
    if (this.#waiting >= this.#waitingMax) {
      throw new StoreError(
        'busy',
        `${this.#waitingMax} puts wait for the database already: wait for some of them first`,
      );
    }
    this.#waiting += 1;
    const turn = this.#tail.then(task);
    this.#tail = turn.then(
      () => this.#done(),
      () => this.#done(),
    );
    return await turn;
  }

  /** Takes no more, and resolves when everything that was taken is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tail;
  }

  #done(): void {
    this.#waiting -= 1;
  }
}
