import { RecentEvents } from './recent-events.ts';

const WITHIN_SEC = 600;
/**
 * With blocks as a Poisson process of one in 10 minutes, 6 or more within 10 minutes hold 0.06 % of
 * the time by chance: some minutes every few days, in which votes pause and nothing else is lost.
 */
const BLOCKS_PAUSING = 6;
/** As many within 10 minutes come by chance once in some 15 years. */
const BLOCKS_CERTAIN = 10;

/**
 * Tells a node that is catching up with the chain (initial download, or some hours behind after a
 * restart). Core then publishes `rawtx` for every transaction of every block it connects, however
 * old, and `rawblock` only outside the initial download, so old payments would pass for new ones.
 * What gives it away is how fast blocks come. Times are those of arrival, unix seconds.
 */
export class CatchUp {
  readonly #pausing = new RecentEvents(BLOCKS_PAUSING, WITHIN_SEC);
  readonly #certain = new RecentEvents(BLOCKS_CERTAIN, WITHIN_SEC);

  /** To be called once for each block: on its coinbase over `rawtx` or on `rawblock`. */
  blockConnected(timeSec: number): void {
    this.#pausing.add(timeSec);
    this.#certain.add(timeSec);
  }

  /** What comes now may be hours old or years. */
  isOn(nowSec: number): boolean {
    return this.#pausing.holds(nowSec);
  }

  /** It is no chance: the blocks before it was known were old ones too. */
  isCertain(nowSec: number): boolean {
    return this.#certain.holds(nowSec);
  }
}
