import type { Clock } from './clock.ts';

/** Ahead of the wall clock, it loses this share of the time that passes until both agree. */
const SLOWDOWN = 0.1;

/**
 * A clock whose wall time never goes back: everything that remembers when it saw something (the
 * price model, the window, the memory of txids, ages) may rely on times that rise, and a wall
 * clock that was set back by an hour would make it stand still for that hour. Where the wall
 * clock goes ahead, as after a night's sleep, this one follows at once; where it was set back,
 * this one goes on a tenth slower than real time until the two meet.
 */
export function steadyClock(clock: Clock): Clock {
  let lastMs = clock.monotonicMs();
  let steadySec = clock.nowSec();

  function nowSec(): number {
    const nowMs = clock.monotonicMs();
    const elapsedSec = (nowMs - lastMs) / 1000;
    lastMs = nowMs;
    const slowestSec = steadySec + (1 - SLOWDOWN) * elapsedSec;
    steadySec = Math.max(slowestSec, clock.nowSec());
    return steadySec;
  }

  return {
    nowSec,
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
  };
}
