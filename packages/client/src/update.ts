import type { Update } from './api.ts';

/** What an update says besides what all of them say. */
export type Body<Value extends Update> = Omit<Value, keyof Update>;

/** What all updates say, apart from what depends on when they are asked. */
export type Stamp = Pick<Update, 'asOfMs' | 'via' | 'demo' | 'seq' | 'epoch' | 'missed'>;

/**
 * Makes an update of its parts. Its age and whether it is live are found out at each question, so
 * that an update that is held on to cannot pretend to be new.
 */
export function makeUpdate<Value extends Update>(
  body: Body<Value>,
  stamp: Stamp,
  serverNowMs: () => number,
  isLive: () => boolean,
): Value {
  const update = {
    ...body,
    ...stamp,
    get ageMs(): number {
      return Math.max(0, serverNowMs() - stamp.asOfMs);
    },
    get isLive(): boolean {
      return isLive();
    },
  };
  // The compiler does not see that what was left out of `Value` is put back here.
  return update as Update as Value;
}

/** The same update but for some fields; what depends on the time of asking still does. */
export function derive<Value extends Update>(update: Value, changes: Partial<Value>): Value {
  const own = Object.getOwnPropertyDescriptors(update);
  const changed = Object.getOwnPropertyDescriptors(changes);
  return Object.defineProperties({}, { ...own, ...changed }) as Value;
}

/** The newer of two updates, of which the older was never seen. */
export function conflate<Value extends Update>(older: Value, newer: Value): Value {
  const missed =
    older.missed === null || newer.missed === null ? null : older.missed + 1 + newer.missed;
  return derive(newer, { missed } as Partial<Value>);
}
