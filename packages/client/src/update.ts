import type { TransactionsUpdate, Update } from './api.ts';

/** What an update says besides what all of them say. */
export type Body<Value extends Update> = Omit<Value, keyof Update>;

/** The fields of an update that stay as they are. */
export type Stamp = Omit<Update, 'ageMs' | 'isLive'>;

/**
 * One update. Its age and whether it is live are worked out at each question, so that one that is
 * held on to cannot pretend to be new.
 */
export class Told implements Update {
  declare readonly asOfMs: number;
  declare readonly via: Update['via'];
  declare readonly demo: boolean;
  declare readonly seq: number;
  declare readonly epoch: string | null;
  declare readonly missed: number | null;
  readonly #serverNowMs: () => number;
  readonly #holds: (ageMs: number) => boolean;

  /**
   * @param fields the stamp and the body
   * @param holds whether it still is the newest, of a source and a line that are well
   */
  constructor(fields: object, serverNowMs: () => number, holds: (ageMs: number) => boolean) {
    this.#serverNowMs = serverNowMs;
    this.#holds = holds;
    Object.assign(this, fields);
  }

  get ageMs(): number {
    return Math.max(0, this.#serverNowMs() - this.asOfMs);
  }

  get isLive(): boolean {
    return this.#holds(this.ageMs);
  }

  /**
   * As it is told to those who missed the ones before it, by default all of them: what only adds to
   * those is made whole.
   */
  retold(missed: number | null = null): Told {
    const { added, points } = this as Update as TransactionsUpdate;
    const fields = Object.assign({}, this, { missed }, added && { added: points, whole: true });
    return new Told(fields, this.#serverNowMs, this.#holds);
  }
}

/** The newer of two updates, of which the older was never seen. */
export function conflate({ missed }: Told, newer: Told): Told {
  return newer.retold(missed === null || newer.missed === null ? null : missed + 1 + newer.missed);
}
