/** More than this no message is late: one of the two clocks was set. */
const LATE_SEC_MAX = 10;
/** How fast an old difference is given up, a second each second: clocks drift far slower. */
const FADE = 0.001;

/**
 * The server's time on this device, whose own clock may be minutes off. Every message shows a
 * time that has already passed when it arrives, so the greatest difference seen is the closest;
 * it fades, since clocks drift, and goes at once when either clock was set.
 */
export class ServerClock {
  #aheadSec: number | null = null;
  #observedMs = 0;

  observe(serverSec: number, nowMs: number): void {
    const ahead = serverSec - nowMs / 1000;
    const kept = this.#aheadSec ?? ahead;
    const faded = kept - (FADE * (nowMs - this.#observedMs)) / 1000;
    this.#aheadSec = kept - ahead > LATE_SEC_MAX ? ahead : Math.max(ahead, faded);
    this.#observedMs = nowMs;
  }

  /** Another server may go by another clock. */
  forget(): void {
    this.#aheadSec = null;
  }

  nowSec(nowMs: number): number {
    return nowMs / 1000 + (this.#aheadSec ?? 0);
  }
}
