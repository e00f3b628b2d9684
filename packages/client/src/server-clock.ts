/** More than this no message is late: one of the two clocks was set. */
const LATE_MS_MAX = 10_000;
/** How fast an old difference is given up, a second each second: clocks drift far slower. */
const FADE = 0.001;

/**
 * The server's time on this device, whose own clock may be minutes off. Every message shows a
 * time that has already passed when it arrives, so the greatest difference seen is the closest;
 * it fades, since clocks drift, and goes at once when either clock was set.
 */
export class ServerClock {
  #aheadMs: number | null = null;
  #observedMs = 0;

  /** @param serverMs what the server's clock showed when it sent what came at `nowMs` */
  observe(serverMs: number, nowMs: number): void {
    const ahead = serverMs - nowMs;
    const kept = this.#aheadMs ?? ahead;
    const faded = kept - FADE * (nowMs - this.#observedMs);
    this.#aheadMs = kept - ahead > LATE_MS_MAX ? ahead : Math.max(ahead, faded);
    this.#observedMs = nowMs;
  }

  /** Another server may go by another clock. */
  forget(): void {
    this.#aheadMs = null;
  }

  nowMs(nowMs: number): number {
    return nowMs + (this.#aheadMs ?? 0);
  }
}
