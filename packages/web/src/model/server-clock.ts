import type { Update } from '@tidegauge/client';

/**
 * The server's time on this device, whose own clock may be minutes off: whatever came last says
 * of when it is by the server's clock, and how old it is now.
 */
export class ServerClock {
  #newest: Pick<Update, 'asOfMs' | 'ageMs'> | null = null;

  observe(update: Pick<Update, 'asOfMs' | 'ageMs'>): void {
    this.#newest = update;
  }

  /** @param nowMs by this device, which counts as long as the server has said nothing */
  nowSec(nowMs: number): number {
    const newest = this.#newest;
    return (newest ? newest.asOfMs + newest.ageMs : nowMs) / 1000;
  }
}
