/**
 * The server's time on this device, whose own clock may be minutes off. Every message shows a
 * time that has already passed when it arrives, so the greatest difference seen is the closest.
 */
export class ServerClock {
  #aheadSec: number | null = null;

  observe(serverSec: number, nowMs: number): void {
    const ahead = serverSec - nowMs / 1000;
    if (this.#aheadSec === null || ahead > this.#aheadSec) this.#aheadSec = ahead;
  }

  /** Another server may go by another clock. */
  forget(): void {
    this.#aheadSec = null;
  }

  nowSec(nowMs: number): number {
    return nowMs / 1000 + (this.#aheadSec ?? 0);
  }
}
