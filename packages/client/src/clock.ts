import type { Clock } from './ports.ts';

/**
 * Time that rises evenly: a device's clock that was set back by an hour would make a dead line
 * look alive for that hour. Where the clock goes ahead it is followed, since what measures even
 * time stands still while some devices sleep.
 *
 * @param wallMs milliseconds since 1970, may jump both ways
 * @param monotonicMs milliseconds since some moment, never going back
 */
export function risingTime(wallMs: () => number, monotonicMs: () => number): () => number {
  /** What is to be added to the monotonic time. */
  let aheadMs = wallMs() - monotonicMs();
  return () => {
    const nowMs = monotonicMs();
    aheadMs = Math.max(aheadMs, wallMs() - nowMs);
    return nowMs + aheadMs;
  };
}

export function systemClock(): Clock {
  return {
    nowMs: risingTime(
      () => Date.now(),
      () => performance.now(),
    ),
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}
