/** Even the luckiest draw leaves a server that is just starting this long. */
const DELAY_MIN_MS = 250;
/** After so many a server is down, and is asked now and then. */
const FAILURES_MAX = 5;
const SELDOM_MS = 60_000;

/**
 * How long to wait before the next try: full jitter around 2, 4, 8, 16, 32 s, that is anywhere
 * from nothing to twice the step, so that clients cut off together do not come back together;
 * then each 60 s, a quarter more or less.
 *
 * @param failures tries that failed since the line was last useful, 1 or more
 * @param random a draw from [0, 1)
 */
export function reconnectDelayMs(failures: number, random: number): number {
  return failures > FAILURES_MAX
    ? SELDOM_MS * (0.75 + random / 2)
    : Math.max(DELAY_MIN_MS, random * 2 ** failures * 2_000);
}
