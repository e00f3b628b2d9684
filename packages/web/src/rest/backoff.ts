/** Middle of each wait in seconds; the last one stays. */
const STEPS_SEC = [2, 4, 8, 16, 32] as const;
/** Even the luckiest draw leaves a server that is just starting this long. */
const DELAY_MIN_MS = 250;

/**
 * How long to wait before a question is asked again: full jitter around 2, 4, 8, 16, 32 s, that is
 * anywhere from nothing to twice the step, so that pages that failed together do not ask together.
 *
 * @param failures questions in a row that failed, 1 or more
 * @param random a draw from [0, 1)
 */
export function retryDelayMs(failures: number, random: number): number {
  const step = STEPS_SEC[Math.min(Math.max(failures, 1), STEPS_SEC.length) - 1]!;
  return Math.max(DELAY_MIN_MS, Math.round(random * 2 * step * 1000));
}
