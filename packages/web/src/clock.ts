/** Time as a port, so that everything that waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since 1970, as `Date.now`. */
  nowMs(): number;
  /** Calls back once after the delay, unless cancelled before. Cancelling twice is harmless. */
  after(delayMs: number, run: () => void): Cancel;
}

export type Cancel = () => void;

export const browserClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
