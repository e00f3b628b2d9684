const HALF_RANGE = 2 ** 31;

/**
 * Follows a publisher's counter of one topic, modulo 2^32, and tells how many messages did not
 * come. A step forward by more than one is a gap. A step back means that the publisher began anew
 * from 0: what it sent since then and before the message at hand is missing; how much of its last
 * run is, nobody can know. The same counter twice is no loss (one notification configured twice).
 */
export class MessageCounter {
  #next: number | null = null;

  /** Messages missing right before this one. The first one sets the start. */
  observe(counter: number): number {
    const ahead = this.#next === null ? 0 : (counter - this.#next) >>> 0;
    const repeated = ahead === 2 ** 32 - 1;
    if (!repeated) this.#next = (counter + 1) >>> 0;
    if (ahead < HALF_RANGE) return ahead;
    return repeated ? 0 : counter;
  }
}
