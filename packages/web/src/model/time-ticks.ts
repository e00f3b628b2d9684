const MINUTE = 60;
const STEPS_SEC = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880].map(
  (minutes) => minutes * MINUTE,
);

/** Whole UTC times within the span, at most about `countMax` of them, unix seconds. */
export function timeTicks(fromSec: number, toSec: number, countMax: number): readonly number[] {
  const atLeast = (toSec - fromSec) / Math.max(1, countMax);
  const step = STEPS_SEC.find((candidate) => candidate >= atLeast) ?? STEPS_SEC.at(-1)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(fromSec / step) * step; tick <= toSec; tick += step) ticks.push(tick);
  return ticks;
}
