import type { TransactionsUpdate, Update } from './api.ts';

/** What an update says besides what all of them say. */
export type Body<Value extends Update> = Omit<Value, keyof Update>;

/** The update as it is told to those who know nothing before it. */
export function first(update: Update): Update {
  return retold(update, null);
}

/** The newer of two updates, of which the older was never seen. */
export function conflate({ missed }: Update, newer: Update): Update {
  return retold(newer, missed === null || newer.missed === null ? null : missed + 1 + newer.missed);
}

/** What only adds to the one before is made whole; what depends on the time of asking still does. */
function retold(update: Update, missed: number | null): Update {
  const { added, points } = update as TransactionsUpdate;
  const { getOwnPropertyDescriptors: fieldsOf } = Object;
  const changes = { missed, ...(added && { added: points, whole: true }) };
  return Object.defineProperties({}, { ...fieldsOf(update), ...fieldsOf(changes) }) as Update;
}
