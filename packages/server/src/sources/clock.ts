/**
 * Time as the sources need it, so that tests can run hours in a moment. Wall time may jump, both
 * ways; monotonic time never goes back.
 */
export interface Clock {
  /** Wall time, unix seconds with fractions. */
  nowSec(): number;
  /** Milliseconds since some fixed moment. */
  monotonicMs(): number;
  /** Calls back once, after the delay at the earliest. The returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowSec: () => Date.now() / 1000,
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
