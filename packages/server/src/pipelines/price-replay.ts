import {
  type PriceEstimate,
  PriceFilter,
  type PriceParameters,
  WINDOW_SEC,
} from '@tidegauge/onchain';
import type { ReplayItem } from '../sources/replay-file.ts';
import { type ReplayProblem, type VoteBatch, VoteReader } from './vote-reader.ts';

/** The estimate after one block, or after one mempool as a whole. */
export interface ReplayEstimate {
  /** Unix seconds; null for a mempool file that no block came before. */
  readonly timeSec: number | null;
  readonly height: number | null;
  readonly estimate: PriceEstimate;
}

/** Blocks and mempools, in order, through the same rules and the same filter as a node's. */
export class PriceReplay {
  readonly #votes = new VoteReader();
  readonly #filter: PriceFilter;
  readonly #recent: { timeSec: number; votes: number }[] = [];
  #votesInWindow = 0;

  constructor(parameters?: PriceParameters) {
    this.#filter = new PriceFilter(parameters);
  }

  /** Takes one item; an estimate comes back when it completes a block or a mempool. */
  accept(item: ReplayItem): ReplayEstimate | ReplayProblem | null {
    const batch = this.#votes.accept(item);
    return batch === null || 'reason' in batch ? batch : this.#estimateAfter(batch);
  }

  #estimateAfter({ timeSec, height, amountsSats }: VoteBatch): ReplayEstimate {
    const atSec = timeSec ?? 0;
    for (const amountSats of amountsSats) this.#filter.observe(amountSats, atSec);
    this.#recent.push({ timeSec: atSec, votes: amountsSats.length });
    this.#votesInWindow += amountsSats.length;
    while (this.#recent[0]!.timeSec < atSec - WINDOW_SEC) {
      this.#votesInWindow -= this.#recent.shift()!.votes;
    }
    return { timeSec, height, estimate: this.#filter.estimate(atSec, this.#votesInWindow) };
  }
}
