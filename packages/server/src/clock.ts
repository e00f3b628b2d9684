/**
 * Time as the server needs it, so that tests can run hours in a moment. Wall time may jump, both
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
    // What was due a moment ago is due now; setTimeout would warn of a delay below 0.
    const timer = setTimeout(callback, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};

/**
 * Calls back each interval until the returned function is called. Turns keep to the beat of the
 * start; those that were missed (a sleeping laptop, a long pause) are left out, not made up for.
 */
export function every(clock: Clock, intervalMs: number, callback: () => void): () => void {
  let dueMs = clock.monotonicMs() + intervalMs;
  let cancel = clock.after(intervalMs, turn);
  let stopped = false;

  function turn(): void {
    const nowMs = clock.monotonicMs();
    dueMs += intervalMs * Math.max(1, Math.ceil((nowMs - dueMs) / intervalMs));
    cancel = clock.after(Math.max(0, dueMs - nowMs), turn);
    callback();
    if (stopped) cancel();
  }

  return () => {
    stopped = true;
    cancel();
  };
}
