/** Middle of each wait, seconds. */
const STEPS_SEC = [2, 4, 8, 16, 32] as const;
/** From then on a server is down, and is asked now and then. */
const SELDOM_MS = 60_000;
/** Part by which the seldom tries differ between clients, to both sides. */
const SELDOM_SPREAD = 0.25;
/** Even the luckiest draw leaves a server that is just starting this long. */
const DELAY_MIN_MS = 250;

/**
 * How long to wait before the next try: full jitter around 2, 4, 8, 16, 32 s, that is anywhere
 * from nothing to twice the step, so that clients cut off together do not come back together;
 * then each 60 s.
 *
 * @param failures tries that failed since the line was last useful, 1 or more
 * @param random a draw from [0, 1)
 */
export function reconnectDelayMs(failures: number, random: number): number {
  const stepSec = STEPS_SEC[failures - 1];
  if (stepSec === undefined) return SELDOM_MS * (1 + SELDOM_SPREAD * (2 * random - 1));
  return Math.max(DELAY_MIN_MS, random * 2 * stepSec * 1000);
}
