import { indexFrom } from '../index-from.ts';

interface Timed {
  readonly timeSec: number;
}

/**
 * Two lists by rising time as one; where both have a moment, the newer list is believed: a column
 * or a candle that was in progress is closed by then.
 */
export function mergeByTime<Entry extends Timed>(
  older: readonly Entry[],
  newer: readonly Entry[],
): readonly Entry[] {
  const first = newer[0];
  const last = newer.at(-1);
  if (!first || !last) return older;
  return [
    ...older.filter(({ timeSec }) => timeSec < first.timeSec),
    ...newer,
    ...older.filter(({ timeSec }) => timeSec > last.timeSec),
  ];
}

/** The entry of the moment, or null; the list is by rising time. */
export function findByTime<Entry extends Timed>(
  entries: readonly Entry[],
  timeSec: number,
): Entry | null {
  const found = entries[entryFrom(entries, timeSec)];
  return found?.timeSec === timeSec ? found : null;
}

/** Place of the first entry of the moment or later; the length of the list where all are earlier. */
export function entryFrom(entries: readonly Timed[], timeSec: number): number {
  return indexFrom({ length: entries.length, timeSec: (i) => entries[i]!.timeSec }, timeSec);
}
