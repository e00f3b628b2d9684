import type { PriceUpdate } from '@tidegauge/client';

/**
 * The server's time on this device, whose own clock may be minutes off: a price says of when it
 * is by the server's clock, and how old it is now. Blocks and maps carry times of others, which may
 * lie ahead.
 */
export class ServerClock {
  #newest: Pick<PriceUpdate, 'asOfMs' | 'ageMs'> | null = null;

  observe(price: Pick<PriceUpdate, 'asOfMs' | 'ageMs'>): void {
    this.#newest = price;
  }

  /** @param nowMs by this device, which counts as long as the server has said nothing */
  nowSec(nowMs: number): number {
    const newest = this.#newest;
    return (newest ? newest.asOfMs + newest.ageMs : nowMs) / 1000;
  }
}
