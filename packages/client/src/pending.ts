import { TidegaugeError } from './errors.ts';

interface Waiter<Value> {
  resolve(result: IteratorResult<Value, undefined>): void;
  reject(error: TidegaugeError): void;
}

const DONE = { done: true, value: undefined } as const;

/** What waits for the reader of one async iteration: of each key the newest, and so bounded. */
export class Pending<Value> implements AsyncIterator<Value, undefined> {
  readonly #keyOf: (value: Value) => string;
  readonly #merge: (older: Value, newer: Value) => Value;
  readonly #left: () => void;
  readonly #values = new Map<string, Value>();
  readonly #waiters: Waiter<Value>[] = [];
  #end: TidegaugeError | 'closed' | null = null;

  /**
   * @param merge what is left of two values of one key
   * @param left the reader leaves the loop
   */
  constructor(
    keyOf: (value: Value) => string,
    merge: (older: Value, newer: Value) => Value,
    left: () => void,
  ) {
    this.#keyOf = keyOf;
    this.#merge = merge;
    this.#left = left;
  }

  put(value: Value): void {
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter.resolve({ done: false, value });
      return;
    }
    const key = this.#keyOf(value);
    const older = this.#values.get(key);
    this.#values.set(key, older === undefined ? value : this.#merge(older, value));
  }

  /** @param end what the loop throws; `closed`: it ends. What was not read by then is not read. */
  finish(end: TidegaugeError | 'closed'): void {
    this.#end ??= end;
    this.#values.clear();
    for (const waiter of this.#waiters.splice(0)) this.#settle(waiter);
  }

  next(): Promise<IteratorResult<Value, undefined>> {
    return new Promise((resolve, reject) => this.#settle({ resolve, reject }));
  }

  return(): Promise<IteratorResult<Value, undefined>> {
    this.#left();
    return Promise.resolve(DONE);
  }

  #settle(waiter: Waiter<Value>): void {
    const [first] = this.#values;
    if (first) {
      this.#values.delete(first[0]);
      waiter.resolve({ done: false, value: first[1] });
    } else if (this.#end instanceof TidegaugeError) {
      const error = this.#end;
      this.#end = 'closed';
      waiter.reject(error);
    } else if (this.#end) waiter.resolve(DONE);
    else this.#waiters.push(waiter);
  }
}
