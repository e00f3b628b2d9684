import { describe, expect, test } from 'vitest';
import { encodeTx, plainInput, plainTx, txidOf } from '../../../onchain/test/encode-tx.ts';
import { seeded, votesAt } from '../../../onchain/test/synthetic-votes.ts';
import { PriceReplay, type ReplayEstimate } from '../../src/pipelines/price-replay.ts';
import type { ReplayItem } from '../../src/sources/replay-file.ts';

const START_SEC = 1_713_571_767;
const BLOCK_SEC = 600;
const TRUE_USD = 64_000;
const end: ReplayItem = { kind: 'mempool_end', where: 'pool' };

function outputs(timeSec: number, height: number, amountsSats: readonly number[]): ReplayItem {
  return { kind: 'outputs', where: `x:${height}`, timeSec, height, amountsSats };
}

/** Blocks of made-up payments around a price. */
function blocks(count: number, votes: number, seed = 1): ReplayItem[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, i) =>
    outputs(START_SEC + i * BLOCK_SEC, 840_000 + i, votesAt(random, TRUE_USD, votes)),
  );
}

function estimateOf(replay: PriceReplay, item: ReplayItem): ReplayEstimate {
  const result = replay.accept(item);
  if (result === null || 'reason' in result) throw new Error('no estimate');
  return result;
}

describe('PriceReplay', () => {
  test('gives each block its estimate, and finds the price that the payments were made at', () => {
    const replay = new PriceReplay();
    const estimates = blocks(12, 1000).map((item) => estimateOf(replay, item));
    expect(estimates.map(({ timeSec, height }) => [timeSec, height])).toEqual(
      estimates.map((_, i) => [START_SEC + i * BLOCK_SEC, 840_000 + i]),
    );
    const last = estimates.at(-1)!.estimate;
    expect(last.status).toBe('live');
    expect(Math.abs(last.priceUsd! / TRUE_USD - 1)).toBeLessThan(0.003);
    expect(last.lowUsd!).toBeLessThan(last.priceUsd!);
    expect(last.highUsd!).toBeGreaterThan(last.priceUsd!);
  });

  test('the same items give the same bits', () => {
    const [one, other] = [new PriceReplay(), new PriceReplay()];
    for (const item of blocks(6, 400)) expect(one.accept(item)).toEqual(other.accept(item));
  });

  test('says that it cannot tell, without a price', () => {
    const replay = new PriceReplay();
    const { estimate } = estimateOf(replay, outputs(START_SEC, 1, []));
    expect(estimate).toEqual({
      priceUsd: null,
      lowUsd: null,
      highUsd: null,
      confidence: 0,
      sampleSize: 0,
      status: 'warming_up',
    });
  });

  test('the sample is the votes of the last 3 hours', () => {
    const replay = new PriceReplay();
    const items = blocks(20, 10);
    const voting = items.map((item) => {
      const alone = estimateOf(new PriceReplay(), item);
      return alone.estimate.sampleSize;
    });
    const samples = items.map((item) => estimateOf(replay, item).estimate.sampleSize);
    const expected = items.map((_, i) =>
      voting.slice(Math.max(0, i - 18), i + 1).reduce((sum, votes) => sum + votes, 0),
    );
    expect(samples).toEqual(expected);
    expect(samples[19]).toBeLessThan(voting.reduce((sum, votes) => sum + votes, 0));
  });

  test('a block whose time steps back is counted to the present', () => {
    const replay = new PriceReplay();
    const [first, second] = blocks(2, 10) as [ReplayItem, ReplayItem];
    const before = estimateOf(replay, second).estimate.sampleSize;
    const { timeSec, estimate } = estimateOf(replay, first);
    expect(timeSec).toBe(START_SEC);
    expect(estimate.sampleSize).toBeGreaterThan(before);
  });

  test('what is wrong is handed back and leaves the estimates as they were', () => {
    const [clean, disturbed] = [new PriceReplay(), new PriceReplay()];
    const problem: ReplayItem = { kind: 'problem', where: 'x:1', reason: 'not JSON' };
    for (const item of blocks(6, 400)) {
      expect(disturbed.accept(problem)).toEqual(problem);
      expect(disturbed.accept({ kind: 'block', where: 'y', bytes: Uint8Array.of(1) })).toEqual({
        where: 'y',
        reason: 'no valid block: truncated',
      });
      expect(disturbed.accept(item)).toEqual(clean.accept(item));
    }
  });

  test('a mempool gives one estimate at its end, which blocks before it have prepared', () => {
    const replay = new PriceReplay();
    for (const item of blocks(12, 1000)) replay.accept(item);
    const amounts = votesAt(seeded(9), TRUE_USD * 1.004, 3000);
    for (let i = 0; i < amounts.length; i += 2) {
      const tx = plainTx({
        inputs: [plainInput({ prevTxid: txidOf(i + 1) })],
        outputs: [amounts[i]!, amounts[i + 1]!].map((sats) => ({ sats, script: new Uint8Array() })),
      });
      const item: ReplayItem = { kind: 'transaction', where: `pool:${i}`, bytes: encodeTx(tx) };
      expect(replay.accept(item)).toBeNull();
    }
    const { timeSec, height, estimate } = estimateOf(replay, end);
    expect([timeSec, height]).toEqual([START_SEC + 11 * BLOCK_SEC, 840_011]);
    expect(Math.abs(estimate.priceUsd! / (TRUE_USD * 1.004) - 1)).toBeLessThan(0.003);
  });
});
