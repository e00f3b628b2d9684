/** Time as a port, so that everything that waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970, never going back. */
  nowMs(): number;
  /** Calls back once after the delay, unless cancelled before. Cancelling twice is harmless. */
  after(delayMs: number, run: () => void): Cancel;
}

export type Cancel = () => void;

/**
 * Time that rises evenly: a device's clock that was set back by an hour would make a dead line
 * look alive for that hour. Where the clock goes ahead it is followed, since what measures even
 * time stands still while some devices sleep.
 *
 * @param wallMs milliseconds since 1970, may jump both ways
 * @param monotonicMs milliseconds since some moment, never going back
 */
export function risingTime(wallMs: () => number, monotonicMs: () => number): () => number {
  let lastMs = monotonicMs();
  let risenMs = wallMs();
  return () => {
    const nowMs = monotonicMs();
    risenMs = Math.max(risenMs + nowMs - lastMs, wallMs());
    lastMs = nowMs;
    return risenMs;
  };
}

export const browserClock: Clock = {
  nowMs: risingTime(
    () => Date.now(),
    () => performance.now(),
  ),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
