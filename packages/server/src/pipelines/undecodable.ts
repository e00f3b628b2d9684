import { DECODE_REASON_NAMES } from '@tidegauge/onchain';
import { RecentEvents } from './recent-events.ts';

const COUNT = 20;
const WITHIN_SEC = 60;

/**
 * Notices a source of which nothing can be read: 20 messages within a minute that are no
 * transaction, and none that is. A few bad ones among good ones are only counted.
 */
export class Undecodable {
  readonly #bad = new RecentEvents(COUNT, WITHIN_SEC);
  readonly #good = new RecentEvents(1, WITHIN_SEC);
  #reason = 0;

  add(reason: number, timeSec: number): void {
    this.#bad.add(timeSec);
    this.#reason = reason;
  }

  addGood(timeSec: number): void {
    this.#good.add(timeSec);
  }

  /** For a person; null when what comes can be read. */
  problem(nowSec: number): string | null {
    if (!this.#bad.holds(nowSec) || this.#good.holds(nowSec)) return null;
    return (
      'messages come, but none of the last minute is a transaction (the newest: ' +
      `${DECODE_REASON_NAMES[this.#reason]}). Check that the address is the zmqpubrawtx of a ` +
      'Bitcoin node'
    );
  }
}
