import type { TransactionsUpdate, Update } from '../../packages/client/src/api.ts';
import { digestOfPoints, digestOfUpdate, type WholeUpdate } from './digest.ts';
import type { Given, GivenWindow } from './history.ts';

/** Points that a window of the SDK holds. */
const WINDOW_POINTS_MAX = 10_000;

/** What all subscriptions were handed, in the order of time. */
export class GivenLog {
  readonly given: Given[] = [];
  readonly #nowMs: () => number;

  /** @param nowMs the clock of the run */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** A handler for a subscription of a whole channel. @param to which subscription it is */
  wholes(to: string, channel?: string): (update: WholeUpdate) => void {
    return (update) => {
      const symbol = 'symbol' in update ? update.symbol : channel!;
      this.#add(to, symbol, update, digestOfUpdate(update), null);
    };
  }

  /** A handler for a subscription of `transactions`. */
  windows(to: string): (update: TransactionsUpdate) => void {
    let before: TransactionsUpdate['points'] = [];
    return (update) => {
      const { points, added, whole } = update;
      const joined = [...before, ...added].slice(-WINDOW_POINTS_MAX);
      before = points;
      const window = { whole, added: digestOfPoints(added), joined: digestOfPoints(joined) };
      this.#add(to, 'transactions', update, digestOfPoints(points), window);
    };
  }

  #add(
    to: string,
    channel: string,
    { epoch, seq, missed, via }: Update,
    digest: string,
    window: GivenWindow | null,
  ): void {
    const atMs = this.#nowMs();
    this.given.push({ to, channel, epoch, seq, missed, via, digest, window, atMs });
  }
}
