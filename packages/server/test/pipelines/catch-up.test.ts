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
import { readMempool, sharedDataIsThere } from '../../../onchain/test/shared-data.ts';
import { CatchUp } from '../../src/pipelines/catch-up.ts';
import { PricePipeline } from '../../src/pipelines/price-pipeline.ts';

const MINUTE = 60;
const HOUR = 3600;
const noon = 1_700_006_400;
const FIRST_HEIGHT = 800_000;

function sendTx(pipeline: PricePipeline, body: Uint8Array, timeSec: number): void {
  pipeline.acceptFrame({ topic: 'rawtx', body, counter: 0, timeSec });
}

function sendBlock(pipeline: PricePipeline, body: Uint8Array, timeSec: number): void {
  pipeline.acceptFrame({ topic: 'rawblock', body, counter: 0, timeSec });
}

/** A payment with two voting outputs. */
function payment(number: number): PlainTx {
  return plainTx({ lockTime: number, inputs: [plainInput({ prevTxid: txidOf(number) })] });
}

function coinbase(height: number): PlainTx {
  return coinbaseTx([3, height & 255, (height >> 8) & 255, height >> 16], height);
}

function block(height: number, headerSec: number, ...txs: PlainTx[]): Uint8Array {
  return encodeBlock([coinbase(height), ...txs], headerSec);
}

/** As Core when it connects a block during the initial download: `rawtx` alone. */
function connectBlocks(pipeline: PricePipeline, count: number, timeSec: number, from = 0): void {
  for (let i = from; i < from + count; i += 1) {
    sendTx(pipeline, encodeTx(coinbase(FIRST_HEIGHT + i)), timeSec);
  }
}

function filtered(pipeline: PricePipeline): number {
  return pipeline.counters().filteredByRule.node_catching_up!;
}

describe('CatchUp', () => {
  it('is on from the sixth block within 10 minutes until fewer than six remain', () => {
    const catchUp = new CatchUp();
    for (let i = 0; i < 5; i += 1) catchUp.blockConnected(noon + i * MINUTE);
    expect(catchUp.isOn(noon + 5 * MINUTE)).toBe(false);
    catchUp.blockConnected(noon + 5 * MINUTE);
    expect(catchUp.isOn(noon + 5 * MINUTE)).toBe(true);
    expect(catchUp.isOn(noon + 10 * MINUTE - 1)).toBe(true);
    expect(catchUp.isOn(noon + 10 * MINUTE)).toBe(false);
    expect(catchUp.isCertain(noon + 5 * MINUTE)).toBe(false);
  });

  it('is certain from the tenth on', () => {
    const catchUp = new CatchUp();
    for (let i = 0; i < 9; i += 1) catchUp.blockConnected(noon + i);
    expect(catchUp.isCertain(noon + 9)).toBe(false);
    catchUp.blockConnected(noon + 9);
    expect(catchUp.isCertain(noon + 9)).toBe(true);
    expect(catchUp.isCertain(noon + 10 * MINUTE)).toBe(false);
  });

  it('never is for a block each 10 minutes', () => {
    const catchUp = new CatchUp();
    for (let i = 0; i < 100; i += 1) {
      catchUp.blockConnected(noon + i * 10 * MINUTE);
      expect(catchUp.isOn(noon + i * 10 * MINUTE)).toBe(false);
    }
  });
});

describe('PricePipeline beside a node that is catching up', () => {
  it('takes no votes from rawtx while coinbases come in a row, and says so', () => {
    const pipeline = new PricePipeline();
    connectBlocks(pipeline, 5, noon);
    sendTx(pipeline, encodeTx(payment(1)), noon + 1);
    expect(pipeline.stats().activeInWindow).toBe(1);
    expect(pipeline.problem(noon + 1)).toBeNull();

    connectBlocks(pipeline, 1, noon + 2, 5);
    sendTx(pipeline, encodeTx(payment(2)), noon + 3);
    sendTx(pipeline, encodeTx(payment(2)), noon + 4);
    expect(pipeline.stats()).toEqual({ received: 8, filtered: 7, activeInWindow: 1 });
    expect(filtered(pipeline)).toBe(1);
    expect(pipeline.counters().duplicates).toBe(1);
    expect(pipeline.problem(noon + 4)).toBe(
      'the node is catching up: its transactions are hours old and do not vote',
    );

    sendTx(pipeline, encodeTx(payment(3)), noon + 10 * MINUTE);
    expect(pipeline.stats().activeInWindow).toBe(2);
    expect(pipeline.problem(noon + 10 * MINUTE)).toBeNull();
  });

  it('counts a block once that comes as transactions and as a block', () => {
    const pipeline = new PricePipeline();
    for (let i = 0; i < 5; i += 1) {
      connectBlocks(pipeline, 1, noon + i, i);
      sendBlock(pipeline, block(FIRST_HEIGHT + i, noon + i), noon + i);
      connectBlocks(pipeline, 1, noon + i, i);
    }
    expect(pipeline.problem(noon + 5)).toBeNull();
    sendBlock(pipeline, block(FIRST_HEIGHT + 5, noon + 5), noon + 5);
    expect(pipeline.problem(noon + 5)).not.toBeNull();
  });

  it('knows an old transaction again in its block, yet lets what spends it vote', () => {
    const pipeline = new PricePipeline();
    connectBlocks(pipeline, 6, noon);
    const old = payment(1);
    sendTx(pipeline, encodeTx(old), noon);
    sendBlock(pipeline, block(FIRST_HEIGHT, noon - 5 * HOUR, old), noon + 1);
    expect(pipeline.counters().confirmed).toBe(2);
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(2);
    const child = plainTx({ inputs: [plainInput({ prevTxid: txidOfPlain(old) })] });
    sendTx(pipeline, encodeTx(child), noon + 11 * MINUTE);
    expect(pipeline.counters().filteredByRule.recent_parent).toBe(0);
    expect(pipeline.stats().activeInWindow).toBe(1);
  });

  it('lets blocks vote at the times of their headers, and tells those', () => {
    const pipeline = new PricePipeline();
    for (let i = 0; i < 12; i += 1) {
      const headerSec = noon - 2 * HOUR + i * 10 * MINUTE;
      sendBlock(pipeline, block(FIRST_HEIGHT + i, headerSec, payment(i)), noon + i);
      expect(pipeline.confirmed()).toMatchObject({
        blockHeight: FIRST_HEIGHT + i,
        blockTimeSec: headerSec,
        estimate: { sampleSize: 2 * (i + 1) },
      });
    }
    expect(filtered(pipeline)).toBe(0);
    expect(pipeline.stats().activeInWindow).toBe(12);
    expect(pipeline.problem(noon + 12)).not.toBeNull();
  });

  it('takes no votes as of now from a block that is hours old', () => {
    const pipeline = new PricePipeline();
    sendTx(pipeline, encodeTx(payment(1)), noon);
    sendBlock(pipeline, block(FIRST_HEIGHT, noon - 2 * HOUR, payment(2)), noon + 1);
    expect(pipeline.confirmed()).toMatchObject({ blockTimeSec: noon - 2 * HOUR });
    expect(pipeline.confirmed()?.estimate.sampleSize).toBe(2);
    expect(pipeline.stats().activeInWindow).toBe(1);
    expect(filtered(pipeline)).toBe(1);
    sendBlock(pipeline, block(FIRST_HEIGHT + 1, noon - 30 * MINUTE, payment(3)), noon + 2);
    expect(pipeline.stats().activeInWindow).toBe(2);
  });
});

describe.skipIf(!sharedDataIsThere)('PricePipeline and a price of another year', () => {
  /** Connects four blocks with the transactions of a day in March 2024. */
  function connectOldBlocks(pipeline: PricePipeline): void {
    const old = readMempool();
    for (let i = 0; i < 4; i += 1) {
      connectBlocks(pipeline, 1, noon + i, i);
      for (const body of old.slice(i * 2500, (i + 1) * 2500)) sendTx(pipeline, body, noon + i);
    }
  }

  it('shows none once the node is known to catch up', () => {
    const pipeline = new PricePipeline();
    connectOldBlocks(pipeline);
    expect(pipeline.estimate(noon + 5).priceUsd).not.toBeNull();
    connectBlocks(pipeline, 6, noon + 6, 4);
    expect(pipeline.estimate(noon + 7)).toMatchObject({ priceUsd: null, sampleSize: 0 });
    expect(pipeline.points(10)).toEqual([]);
    expect(pipeline.takeNewPoints()).toEqual([]);
    for (const body of readMempool()) sendTx(pipeline, body, noon + 8);
    expect(pipeline.estimate(noon + 9).priceUsd).toBeNull();
  });

  it('keeps it where headers say that the blocks are of the last hours', () => {
    const pipeline = new PricePipeline();
    sendBlock(pipeline, block(FIRST_HEIGHT + 100, noon - 2 * HOUR), noon - 1);
    connectOldBlocks(pipeline);
    const before = pipeline.estimate(noon + 7);
    connectBlocks(pipeline, 8, noon + 6, 4);
    expect(pipeline.estimate(noon + 7)).toEqual(before);
  });

  it('is not moved by an old block', () => {
    const pipeline = new PricePipeline();
    const transactions = readMempool();
    for (const body of transactions) sendTx(pipeline, body, noon);
    const before = pipeline.estimate(noon + 2);
    const old = Array.from({ length: 500 }, (_, i) => payment(i));
    for (const hours of [5, 2]) {
      const body = block(FIRST_HEIGHT - hours, noon - hours * HOUR, ...old.splice(0, 250));
      sendBlock(pipeline, body, noon + 1);
    }
    expect(pipeline.estimate(noon + 2)).toEqual(before);
  });
});

describe('PricePipeline on messages of which none can be read', () => {
  const broken = encodeTx(payment(1)).subarray(0, -1);
  const send = (pipeline: PricePipeline, count: number, timeSec: number): void => {
    for (let i = 0; i < count; i += 1) sendTx(pipeline, broken, timeSec);
  };

  it('says so after twenty within a minute, until one can be', () => {
    const pipeline = new PricePipeline();
    send(pipeline, 19, noon);
    expect(pipeline.problem(noon)).toBeNull();
    send(pipeline, 1, noon + 1);
    expect(pipeline.problem(noon + 1)).toMatch(
      /none of the last minute is a transaction.*truncated/,
    );
    expect(pipeline.problem(noon + 1)).toContain('zmqpubrawtx');
    sendTx(pipeline, encodeTx(payment(2)), noon + 2);
    expect(pipeline.problem(noon + 2)).toBeNull();
    send(pipeline, 20, noon + 3);
    expect(pipeline.problem(noon + 3)).toBeNull();
    expect(pipeline.problem(noon + 62)).not.toBeNull();
  });

  it('does not mind twenty that come over hours', () => {
    const pipeline = new PricePipeline();
    for (let i = 0; i < 40; i += 1) send(pipeline, 1, noon + i * 5 * MINUTE);
    expect(pipeline.problem(noon + 40 * 5 * MINUTE)).toBeNull();
  });
});
