/** Lengths of candles as exchanges name them; all divide a day, so that every grid holds midnight. */
const INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1m', 60],
  ['3m', 180],
  ['5m', 300],
  ['15m', 900],
  ['30m', 1_800],
  ['1h', 3_600],
  ['2h', 7_200],
  ['4h', 14_400],
  ['6h', 21_600],
  ['8h', 28_800],
  ['12h', 43_200],
  ['1d', 86_400],
]);

/** For messages. */
export const INTERVAL_NAMES: readonly string[] = [...INTERVALS.keys()];

/** Seconds of a name such as `5m`; null when it is none. */
export function intervalSecOf(name: string): number | null {
  return INTERVALS.get(name) ?? null;
}

/** Whether candles may be of this length. */
export function isInterval(intervalSec: number): boolean {
  return [...INTERVALS.values()].includes(intervalSec);
}
