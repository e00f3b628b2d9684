import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBlock, txidOfPlain } from '../../../onchain/test/encode-block.ts';
import {
  coinbaseTx,
  encodeTx,
  type PlainTx,
  plainInput,
  plainTx,
  txidOf,
} from '../../../onchain/test/encode-tx.ts';
import { readBlock, readMempool, sharedDataIsThere } from '../../../onchain/test/shared-data.ts';
import { PricePipeline } from '../../src/pipelines/price-pipeline.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Noon of some UTC day. */
const noon = 1_700_000_000 - (1_700_000_000 % DAY) + DAY / 2;

function sendTx(pipeline: PricePipeline, body: Uint8Array, timeSec: number): void {
  pipeline.acceptFrame({ topic: 'rawtx', body, counter: 0, timeSec });
}

function sendBlock(pipeline: PricePipeline, body: Uint8Array, timeSec: number): void {
  pipeline.acceptFrame({ topic: 'rawblock', body, counter: 0, timeSec });
}

/** A payment with two voting outputs that spends its own outpoint unless told which. */
function payment(number: number, ...outpoints: number[]): PlainTx {
  const spent = outpoints.length > 0 ? outpoints : [number];
  return plainTx({
    lockTime: number,
    inputs: spent.map((outpoint) => plainInput({ prevTxid: txidOf(outpoint) })),
  });
}

function childOf(parent: PlainTx): PlainTx {
  return plainTx({ inputs: [plainInput({ prevTxid: txidOfPlain(parent) })] });
}

function block(height: number, timeSec: number, ...txs: PlainTx[]): Uint8Array {
  const pushed = [3, height & 255, (height >> 8) & 255, height >> 16];
  return encodeBlock([coinbaseTx(pushed, height), ...txs], timeSec);
}

function votesIn(pipeline: PricePipeline): number {
  return pipeline.histogram().counts.reduce((sum, count) => sum + count, 0);
}

describe('PricePipeline on transactions', () => {
  it('lets a transaction count for as long as the window that was asked for', () => {
    const pipeline = new PricePipeline({ windowSec: HOUR });
    sendTx(pipeline, encodeTx(payment(1)), noon);
    pipeline.estimate(noon + HOUR);
    expect(pipeline.stats().activeInWindow).toBe(1);
    pipeline.estimate(noon + HOUR + 1);
    expect(pipeline.stats().activeInWindow).toBe(0);
  });

  it('warms up before it has a price, and says so', () => {
    const pipeline = new PricePipeline();
    expect(pipeline.estimate(noon)).toMatchObject({ priceUsd: null, sampleSize: 0 });
    sendTx(pipeline, encodeTx(payment(1)), noon);
    expect(pipeline.estimate(noon)).toMatchObject({ status: 'warming_up', sampleSize: 2 });
    expect(pipeline.points(1000)).toEqual([]);
    expect(pipeline.takeNewPoints()).toEqual([]);
    expect(pipeline.confirmed()).toBeNull();
  });

  it('takes a transaction once however often it comes', () => {
    const pipeline = new PricePipeline();
    for (let i = 0; i < 3; i += 1) sendTx(pipeline, encodeTx(payment(1)), noon + i);
    expect(pipeline.stats()).toEqual({ received: 1, filtered: 0, activeInWindow: 1 });
    expect(pipeline.counters().duplicates).toBe(2);
    expect(votesIn(pipeline)).toBe(2);
  });

  it('counts why a transaction or an output does not vote', () => {
    const pipeline = new PricePipeline();
    const output = (sats: number) => ({ sats, script: Uint8Array.of(0x51) });
    const of = (number: number, ...sats: number[]) => ({
      ...payment(number),
      outputs: sats.map(output),
    });
    sendTx(pipeline, encodeTx(of(1, 20_345)), noon);
    sendTx(pipeline, encodeTx(of(2, 20_000, 123_456)), noon);
    sendTx(pipeline, encodeTx(of(3, 20_000, 900)), noon);
    sendTx(pipeline, encodeTx(payment(4, 4, 5, 6, 7, 8, 9)), noon);
    expect(pipeline.counters()).toMatchObject({
      received: 4,
      filtered: 3,
      withoutVotingOutput: 1,
      filteredByRule: { output_count: 1, too_many_inputs: 1, op_return: 0 },
      outputsByRule: { amount_range: 1, round_in_bitcoin: 2 },
    });
    expect(pipeline.stats()).toEqual({ received: 4, filtered: 3, activeInWindow: 1 });
    expect(votesIn(pipeline)).toBe(1);
  });

  it('leaves out a child for 24 h after its parent came, whether the parent voted or not', () => {
    const pipeline = new PricePipeline();
    const batch = plainTx({ outputs: Array.from({ length: 9 }, () => plainTx().outputs[0]!) });
    sendTx(pipeline, encodeTx(batch), noon);
    sendTx(pipeline, encodeTx({ ...childOf(batch), lockTime: 1 }), noon + DAY);
    expect(pipeline.counters().filteredByRule).toMatchObject({ output_count: 1, recent_parent: 1 });
    sendTx(pipeline, encodeTx({ ...childOf(batch), lockTime: 2 }), noon + DAY + 60);
    expect(pipeline.stats().activeInWindow).toBe(1);
  });

  it('takes back the votes of what is replaced', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1, 10, 11)), noon);
    sendTx(pipeline, encodeTx(payment(2, 12)), noon + 1);
    sendTx(pipeline, encodeTx(payment(3, 11)), noon + 2);
    expect(pipeline.counters().replaced).toBe(1);
    expect(pipeline.stats()).toEqual({ received: 3, filtered: 0, activeInWindow: 2 });
    const six = payment(4, 11, 12, 13, 14, 15, 16);
    sendTx(pipeline, encodeTx(six), noon + 3);
    expect(pipeline.counters().replaced).toBe(3);
    expect([pipeline.stats().activeInWindow, votesIn(pipeline)]).toEqual([0, 0]);
  });

  it('lets votes go after 3 h, with and without new messages', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1)), noon);
    sendTx(pipeline, encodeTx(payment(2)), noon + 1);
    expect(pipeline.estimate(noon + 3 * HOUR).sampleSize).toBe(4);
    expect(pipeline.estimate(noon + 3 * HOUR + 1).sampleSize).toBe(2);
    sendTx(pipeline, new Uint8Array(0), noon + 4 * HOUR);
    expect(pipeline.stats().activeInWindow).toBe(0);
  });
});

describe('PricePipeline on blocks', () => {
  it('moves a transaction from the mempool to the confirmed ones without counting it again', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1)), noon);
    sendTx(pipeline, encodeTx(payment(2)), noon);
    sendBlock(pipeline, block(800_000, noon + 50, payment(1), payment(3)), noon + 60);
    expect(pipeline.counters()).toMatchObject({ received: 4, confirmed: 1, blocks: 1 });
    expect(pipeline.stats()).toEqual({ received: 4, filtered: 1, activeInWindow: 3 });
    expect(votesIn(pipeline)).toBe(6);
    expect(pipeline.confirmed()).toMatchObject({
      blockHeight: 800_000,
      blockTimeSec: noon + 50,
      estimate: { sampleSize: 4 },
    });
    sendTx(pipeline, encodeTx(payment(3)), noon + 70);
    expect(pipeline.counters().duplicates).toBe(1);
  });

  it('takes a block once, and gives a new view exactly when it took one', () => {
    const pipeline = new PricePipeline();
    const body = block(800_000, noon, payment(1));
    sendBlock(pipeline, body, noon);
    const view = pipeline.confirmed();
    sendBlock(pipeline, body, noon + 1);
    sendTx(pipeline, encodeTx(payment(2)), noon + 1);
    expect(pipeline.confirmed()).toBe(view);
    expect(pipeline.counters()).toMatchObject({ blocks: 1, duplicateBlocks: 1 });
    sendBlock(pipeline, block(800_001, noon + 2), noon + 2);
    expect(pipeline.confirmed()).not.toBe(view);
  });

  it('counts what a reorganised chain confirms again only once', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, block(800_000, noon, payment(1)), noon);
    sendBlock(pipeline, block(800_000, noon + 1, payment(1), payment(2)), noon + 1);
    expect(pipeline.stats()).toEqual({ received: 3, filtered: 1, activeInWindow: 2 });
    expect(pipeline.counters()).toMatchObject({ blocks: 2, confirmed: 0 });
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(4);
  });

  it('withdraws from the mempool what a block spends otherwise', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1, 10)), noon);
    sendBlock(pipeline, block(800_000, noon, payment(2, 10)), noon + 1);
    expect(pipeline.counters().replaced).toBe(1);
    expect(pipeline.stats().activeInWindow).toBe(1);
  });

  it('withdraws a replacement when the block has the one it replaced', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1, 10)), noon);
    sendTx(pipeline, encodeTx(payment(2, 10)), noon + 1);
    sendBlock(pipeline, block(800_000, noon, payment(1, 10)), noon + 2);
    expect(pipeline.counters()).toMatchObject({ replaced: 2, confirmed: 1 });
    expect(pipeline.stats().activeInWindow).toBe(0);
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(2);
  });

  it('leaves out of a block what spends a transaction confirmed on the same UTC day', () => {
    const pipeline = new PricePipeline();
    const parent = payment(1);
    const nextMidnight = noon + DAY / 2;
    sendBlock(pipeline, block(800_000, noon, parent, childOf(parent)), noon);
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(2);
    const late = payment(2);
    sendBlock(pipeline, block(800_001, nextMidnight - 1, late), nextMidnight - 1);
    const child = childOf(late);
    sendBlock(pipeline, block(800_002, nextMidnight - 1, child), nextMidnight);
    expect(pipeline.counters().filteredByRule).toMatchObject({ recent_parent: 2 });
    const other = { ...child, lockTime: 5 };
    sendBlock(pipeline, block(800_003, nextMidnight, other), nextMidnight);
    expect(pipeline.counters().filteredByRule).toMatchObject({ recent_parent: 2 });
  });

  it('takes the time of a block from its header, but never after its arrival or back', () => {
    const pipeline = new PricePipeline();
    const timeOf = (height: number, headerSec: number, arrivalSec: number) => {
      sendBlock(pipeline, block(height, headerSec), arrivalSec);
      return pipeline.confirmed()?.blockTimeSec;
    };
    expect(timeOf(1000, noon - 60, noon)).toBe(noon - 60);
    expect(timeOf(1001, noon + 7000, noon + 10)).toBe(noon + 10);
    expect(timeOf(1002, noon - 300, noon + 20)).toBe(noon + 10);
  });

  it('counts the blocks of the last 3 h', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, block(1000, noon, payment(1)), noon);
    sendBlock(pipeline, block(1001, noon + 3 * HOUR, payment(2)), noon + 3 * HOUR);
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(4);
    sendBlock(pipeline, block(1002, noon + 3 * HOUR + 1, payment(3)), noon + 3 * HOUR + 1);
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(4);
  });
});

describe('PricePipeline on what is malformed', () => {
  it('counts it by reason and goes on', () => {
    const pipeline = new PricePipeline();
    const good = encodeTx(payment(1));
    sendTx(pipeline, good.subarray(0, 20), noon);
    sendTx(pipeline, Uint8Array.from([...good, 1]), noon);
    const whole = block(800_000, noon, payment(1), payment(2));
    sendBlock(pipeline, whole.subarray(0, -1), noon);
    const doctored = Uint8Array.from(whole);
    doctored[40] = doctored[40]! ^ 1;
    sendBlock(pipeline, doctored, noon);
    sendTx(pipeline, good, noon);
    const { malformedTransactions, malformedBlocks } = pipeline.counters();
    expect(malformedTransactions).toMatchObject({ trailing_bytes: 1 });
    expect(Object.values(malformedTransactions).reduce((sum, count) => sum + count)).toBe(2);
    expect(malformedBlocks).toMatchObject({ truncated: 1, merkle_mismatch: 1 });
    expect(pipeline.stats()).toEqual({ received: 1, filtered: 0, activeInWindow: 1 });
    expect(pipeline.confirmed()).toBeNull();
  });

  it('never throws and acts on no part of a bad block', () => {
    const good = block(800_000, noon, payment(1), payment(2));
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (at, flip, cut) => {
        const pipeline = new PricePipeline();
        const changed = Uint8Array.from(good);
        // The 80 bytes of the header but for the merkle root are the node's to check.
        const place = 80 + (at % (good.length - 80));
        changed[place] = changed[place]! ^ flip;
        for (const body of [changed, good.subarray(0, cut % good.length)]) {
          sendBlock(pipeline, body, noon);
          sendTx(pipeline, body, noon);
        }
        expect(pipeline.stats()).toEqual({ received: 0, filtered: 0, activeInWindow: 0 });
        expect(pipeline.confirmed()).toBeNull();
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(!sharedDataIsThere)('PricePipeline on real data', () => {
  /** About when block 702861 came. */
  const blockSec = 1_633_002_600;

  it('reads a price of that day from the mempool of March 2024', () => {
    const pipeline = new PricePipeline();
    const transactions = readMempool();
    const distinct = new Set(transactions.map((bytes) => Buffer.from(bytes).toString('hex'))).size;
    for (const [i, bytes] of transactions.entries()) sendTx(pipeline, bytes, noon + i / 10);
    const endSec = noon + transactions.length / 10;
    const estimate = pipeline.estimate(endSec);
    expect(estimate.status).toBe('live');
    expect(estimate.priceUsd).toBeGreaterThan(68_555);
    expect(estimate.priceUsd).toBeLessThan(73_777);
    expect(pipeline.counters().received).toBeLessThanOrEqual(distinct);
    const { received, filtered, activeInWindow } = pipeline.stats();
    expect(received).toBe(filtered + activeInWindow + pipeline.counters().replaced);

    const points = pipeline.points(1000);
    expect(points.length).toBe(1000);
    expect(points).toEqual(points.toSorted((a, b) => a.timeSec - b.timeSec));
    for (const { priceUsd } of points) {
      expect(Math.abs(priceUsd / estimate.priceUsd! - 1)).toBeLessThanOrEqual(0.25);
    }
    const all = pipeline.takeNewPoints();
    expect(all.slice(-1000)).toEqual(points);
    expect(pipeline.takeNewPoints()).toEqual([]);

    const before = pipeline.estimate(endSec);
    for (const bytes of transactions) sendTx(pipeline, bytes, endSec);
    expect(pipeline.estimate(endSec)).toBe(before);
  });

  it('shows the points of a transaction until a block has it', () => {
    const pipeline = new PricePipeline();
    for (const bytes of readMempool()) sendTx(pipeline, bytes, noon);
    pipeline.takeNewPoints();
    sendTx(pipeline, encodeTx(payment(1)), noon + 5);
    const last = pipeline.points(1)[0]!;
    expect(last).toMatchObject({ timeSec: noon + 5, amountSats: 123_457 });
    expect(pipeline.takeNewPoints()).toEqual([last]);
    sendBlock(pipeline, block(834_000, noon + 6, payment(1)), noon + 6);
    expect(pipeline.points(1)[0]?.timeSec).toBe(noon);
    expect(pipeline.stats().activeInWindow).toBeGreaterThan(2000);
  });

  it('takes new points from where it left, and all of them when the price comes', () => {
    const pipeline = new PricePipeline();
    const transactions = readMempool();
    let taken = 0;
    for (const [i, bytes] of transactions.entries()) {
      sendTx(pipeline, bytes, noon + i / 10);
      if (i % 500 === 499) taken += pipeline.takeNewPoints().length;
    }
    taken += pipeline.takeNewPoints().length;
    // The price moves meanwhile, so a few readings at the edge of 25 % differ.
    expect(Math.abs(taken - pipeline.points(40_000).length)).toBeLessThan(taken * 0.05);
  });

  it('reads the price from one block, for both views', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, readBlock(702861), blockSec);
    const view = pipeline.confirmed()!;
    expect(view.blockHeight).toBe(702_861);
    expect(view.estimate.priceUsd! / 43_034).toBeCloseTo(1, 2);
    expect(pipeline.estimate(blockSec).priceUsd! / view.estimate.priceUsd!).toBeCloseTo(1, 3);
    expect(view.points.length).toBeGreaterThan(500);
    expect(pipeline.points(1000)).toEqual([]);
  });

  it('takes a block of more transactions than any before, and never reads another octave', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, readBlock(866342), 1_729_334_940);
    expect(pipeline.counters()).toMatchObject({ blocks: 1, received: 4864 });
    const { priceUsd } = pipeline.confirmed()!.estimate;
    if (priceUsd !== null) expect(priceUsd / 68_263).toBeCloseTo(1, 1.7);
  });

  it('gives points of the confirmed blocks, oldest first, read at the confirmed price', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, readBlock(702861), blockSec);
    sendBlock(pipeline, block(702_862, blockSec + 600, payment(1)), blockSec + 600);
    const { estimate, points } = pipeline.confirmed()!;
    expect(estimate.sampleSize).toBeGreaterThan(3000);
    expect(points).toEqual(points.toSorted((a, b) => a.timeSec - b.timeSec));
    for (const { priceUsd } of points) {
      expect(Math.abs(priceUsd / estimate.priceUsd! - 1)).toBeLessThanOrEqual(0.25);
    }
  });
});
