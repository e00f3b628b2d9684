import type { Frame } from '../source.ts';
import { BLOCK_TXS_WEIGHT_MAX, buildBlock, plausibleHeight } from './blocks.ts';
import { CoinPool } from './coin-pool.ts';
import { Mempool, type MempoolEntry } from './mempool.ts';
import { PricePath } from './price-path.ts';
import { Random } from './random.ts';
import { type Draft, Traffic } from './traffic.ts';
import { serializeTx } from './tx-bytes.ts';

export interface DemoChainOptions {
  readonly seed: number;
  readonly startTimeSec: number;
  /** Mean of transactions a second. */
  readonly rate: number;
}

const BLOCK_INTERVAL_MEAN_SEC = 600;
const REPLACED_SHARE = 0.03;
const REPLACED_AFTER_MEAN_SEC = 420;
/** Outputs that are spent again soon enough to be worth remembering. */
const SPENT_SOON_SHARE = 0.35;

interface Replacement {
  readonly timeSec: number;
  readonly entry: MempoolEntry;
  readonly draft: Draft;
}

/**
 * A made-up chain, event by event: transactions as a Poisson process, blocks as another, and
 * replacements. Each event gives the frames that a node would publish, counters and all. Same
 * options, same bytes.
 */
export class DemoChain {
  readonly #random: Random;
  readonly #traffic: Traffic;
  readonly #coins = new CoinPool();
  readonly #mempool = new Mempool();
  readonly #rate: number;
  readonly #counters: Record<Frame['topic'], number> = { rawtx: 0, rawblock: 0 };
  /** In order of time. */
  readonly #replacements: Replacement[] = [];
  #nextTxSec: number;
  #nextBlockSec: number;
  #height: number;
  #tip: Uint8Array;

  constructor(options: DemoChainOptions) {
    const { seed, startTimeSec, rate } = options;
    if (!(rate > 0)) throw new RangeError(`the demo's rate must be above 0, got ${rate}`);
    this.#rate = rate;
    this.#random = new Random(seed, startTimeSec, 2);
    this.#traffic = new Traffic(this.#random, new PricePath(seed), this.#coins, startTimeSec);
    this.#nextTxSec = startTimeSec + this.#random.exponential(1 / rate);
    this.#nextBlockSec = startTimeSec + this.#random.exponential(BLOCK_INTERVAL_MEAN_SEC);
    this.#height = plausibleHeight(startTimeSec);
    this.#tip = this.#random.bytes(32);
  }

  /** When the next event happens, unix seconds. */
  get nextTimeSec(): number {
    const replacementSec = this.#replacements[0]?.timeSec ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#nextTxSec, this.#nextBlockSec, replacementSec);
  }

  /** Makes the next event happen. None, one, or (for a block) thousands of frames. */
  step(): Frame[] {
    const timeSec = this.nextTimeSec;
    if (timeSec === this.#nextTxSec) {
      this.#nextTxSec = timeSec + this.#random.exponential(1 / this.#rate);
      return [this.#send(this.#traffic.draft(timeSec, this.#height), timeSec)];
    }
    if (timeSec === this.#nextBlockSec) {
      this.#nextBlockSec = timeSec + this.#random.exponential(BLOCK_INTERVAL_MEAN_SEC);
      return this.#mine(timeSec);
    }
    return this.#replace(this.#replacements.shift()!);
  }

  #send(draft: Draft, timeSec: number): Frame {
    const tx = serializeTx(draft.content);
    const entry = this.#mempool.add(tx, draft.feeSats, timeSec, draft.parents);
    this.#rememberCoins(entry, draft);
    if (this.#random.chance(REPLACED_SHARE)) this.#planReplacement(entry, draft, timeSec);
    return this.#frame('rawtx', tx.bytes, timeSec);
  }

  #rememberCoins(entry: MempoolEntry, draft: Draft): void {
    for (const [vout, { amountSats }] of draft.content.outputs.entries()) {
      const kind = draft.outputKinds[vout] ?? null;
      if (kind === null || !this.#random.chance(SPENT_SOON_SHARE)) continue;
      const outPoint = { txid: entry.tx.txid, vout };
      this.#coins.add(this.#random, { entry, outPoint, amountSats, kind });
    }
  }

  #planReplacement(entry: MempoolEntry, draft: Draft, nowSec: number): void {
    const timeSec = nowSec + this.#random.exponential(REPLACED_AFTER_MEAN_SEC);
    const after = this.#replacements.findIndex((each) => each.timeSec > timeSec);
    const at = after < 0 ? this.#replacements.length : after;
    this.#replacements.splice(at, 0, { timeSec, entry, draft });
  }

  #replace({ timeSec, entry, draft }: Replacement): Frame[] {
    if (entry.state !== 'pending' || entry.children > 0) return [];
    const bumped = this.#traffic.bump(draft);
    if (bumped === null) return [];
    this.#mempool.replace(entry);
    return [this.#send(bumped, timeSec)];
  }

  /** As Bitcoin Core: `rawtx` for each transaction of the block, then `rawblock`. */
  #mine(timeSec: number): Frame[] {
    const mined = this.#mempool.mine(timeSec, BLOCK_TXS_WEIGHT_MAX);
    this.#height++;
    const block = buildBlock(this.#random, this.#tip, this.#height, timeSec, mined);
    this.#tip = block.hash;
    const frames = block.txs.map((tx) => this.#frame('rawtx', tx.bytes, timeSec));
    frames.push(this.#frame('rawblock', block.bytes, timeSec));
    return frames;
  }

  #frame(topic: Frame['topic'], body: Uint8Array, timeSec: number): Frame {
    const counter = this.#counters[topic];
    this.#counters[topic] = (counter + 1) >>> 0;
    return { topic, body, counter, timeSec };
  }
}
