import { describe, expect, test } from 'vitest';
import { encodeBlock, txidOfPlain } from '../../../onchain/test/encode-block.ts';
import {
  coinbaseTx,
  encodeTx,
  type PlainTx,
  plainInput,
  plainTx,
  txidOf,
} from '../../../onchain/test/encode-tx.ts';
import { VoteReader } from '../../src/pipelines/vote-reader.ts';
import type { ReplayItem } from '../../src/sources/replay-file.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Noon of some UTC day. */
const noon = 1_700_000_000 - (1_700_000_000 % DAY) + DAY / 2;
/** What both outputs of a plain transaction say. */
const both = [123_457, 7_654_321];
const end: ReplayItem = { kind: 'mempool_end', where: 'pool' };

/** A payment of its own, or one that spends others. */
function payment(number: number, ...parents: PlainTx[]): PlainTx {
  const spent = parents.length === 0 ? [txidOf(number)] : parents.map(txidOfPlain);
  return plainTx({ lockTime: number, inputs: spent.map((prevTxid) => plainInput({ prevTxid })) });
}

function blockItem(timeSec: number, ...txs: PlainTx[]): ReplayItem {
  // Height 800,000 as BIP 34 has it.
  const coinbase = coinbaseTx([3, 0x00, 0x35, 0x0c], timeSec);
  return {
    kind: 'block',
    where: `block ${timeSec}`,
    bytes: encodeBlock([coinbase, ...txs], timeSec),
  };
}

function txItem(tx: PlainTx): ReplayItem {
  return { kind: 'transaction', where: 'pool:1', bytes: encodeTx(tx) };
}

function outputs(timeSec: number, amountsSats: readonly number[]): ReplayItem {
  return { kind: 'outputs', where: 'x:1', timeSec, height: 1, amountsSats };
}

/** What comes back for each item. */
function readAll(...items: ReplayItem[]): ReturnType<VoteReader['accept']>[] {
  const reader = new VoteReader();
  return items.map((item) => reader.accept(item));
}

describe('blocks', () => {
  test('time and height come from the block, votes from what passes the rules', () => {
    const batch = payment(2);
    const threeOutputs = { ...batch, outputs: [...batch.outputs, batch.outputs[0]!] };
    expect(readAll(blockItem(noon, payment(1), threeOutputs))).toEqual([
      { timeSec: noon, height: 800_000, amountsSats: both },
    ]);
  });

  test('a parent in the same block, or in another of the same UTC day, takes the vote', () => {
    const [first, second, third] = [payment(1), payment(2), payment(3)];
    const results = readAll(
      blockItem(noon, first, payment(10, first)),
      blockItem(noon + HOUR, second, payment(11, first), payment(12, second)),
      blockItem(noon + 2 * HOUR, payment(13, third), third),
    );
    expect(results).toMatchObject([
      { amountsSats: both },
      { amountsSats: both },
      // A block in which the child stands first is not valid; its votes stand all the same.
      { amountsSats: [...both, ...both] },
    ]);
  });

  test('a parent of the day before does not, however few hours ago', () => {
    const parent = payment(1);
    const midnight = noon + DAY / 2;
    const [, last, next] = readAll(
      blockItem(midnight - HOUR, parent),
      blockItem(midnight - 60, payment(2, parent)),
      blockItem(midnight, payment(3, parent)),
    );
    expect([last, next]).toMatchObject([{ amountsSats: [] }, { amountsSats: both }]);
  });

  test('one that is malformed is named, changes nothing, and the next one counts', () => {
    const parent = payment(1);
    const good = blockItem(noon, parent) as Extract<ReplayItem, { kind: 'block' }>;
    const forged = Uint8Array.from(good.bytes);
    forged[forged.length - 1]! ^= 1;
    const results = readAll(
      { ...good, bytes: good.bytes.subarray(0, -1) },
      { ...good, bytes: Uint8Array.of() },
      { ...good, bytes: forged },
      blockItem(noon, payment(2, parent)),
    );
    const where = `block ${noon}`;
    expect(results).toEqual([
      { where, reason: 'no valid block: truncated' },
      { where, reason: 'no valid block: truncated' },
      { where, reason: 'no valid block: merkle_mismatch' },
      { timeSec: noon, height: 800_000, amountsSats: both },
    ]);
  });

  test('of one known by its outputs, those that are round or out of range do not vote', () => {
    const amounts = [1000, 123_457, 100_000_000, 10_000 * 1e8, 7_654_321, 0, 2 ** 52];
    expect(readAll(outputs(noon, amounts))).toEqual([
      { timeSec: noon, height: 1, amountsSats: both },
    ]);
  });

  test('times may step back as far as the rules of mining let them, no further', () => {
    const results = readAll(
      outputs(noon, both),
      outputs(noon - 3 * HOUR, both),
      outputs(noon - 3 * HOUR - 1, both),
      blockItem(noon - DAY, payment(1)),
      outputs(noon + 1, both),
    );
    expect(results).toMatchObject([
      { timeSec: noon },
      { timeSec: noon - 3 * HOUR },
      {
        where: 'x:1',
        reason: '10801 s before the newest block so far: blocks have to come in order of time',
      },
      { where: `block ${noon - DAY}`, reason: expect.stringMatching(/^86400 s before/) },
      { timeSec: noon + 1 },
    ]);
  });
});

describe('a mempool', () => {
  test('votes as a whole at its end, and the next one starts empty', () => {
    const results = readAll(txItem(payment(1)), txItem(payment(2)), end, end);
    expect(results).toEqual([
      null,
      null,
      { timeSec: null, height: null, amountsSats: [...both, ...both] },
      { timeSec: null, height: null, amountsSats: [] },
    ]);
  });

  test('a transaction votes once, also over two files', () => {
    const results = readAll(txItem(payment(1)), txItem(payment(1)), end, txItem(payment(1)), end);
    expect(results).toMatchObject([null, null, { amountsSats: both }, null, { amountsSats: [] }]);
  });

  test('the witness makes no other transaction of it', () => {
    const plain = payment(1);
    const signed = {
      ...plain,
      inputs: plain.inputs.map((input) => ({ ...input, witness: [Uint8Array.of(1, 2, 3)] })),
    };
    const [, , batch] = readAll(txItem(plain), txItem(signed), end);
    expect(batch).toMatchObject({ amountsSats: both });
  });

  test('a child of the same mempool does not vote, before the parent nothing is known of it', () => {
    const parent = payment(1);
    const child = payment(2, parent);
    const [, , after] = readAll(txItem(parent), txItem(child), end);
    expect(after).toMatchObject({ amountsSats: both });
  });

  test('stands at the time of the block before it, whose transactions are recent for a day', () => {
    const parent = payment(1);
    const recent = readAll(blockItem(noon, parent), txItem(payment(2, parent)), end);
    expect(recent[2]).toEqual({ timeSec: noon, height: 800_000, amountsSats: [] });
    const later = readAll(
      blockItem(noon, parent),
      blockItem(noon + DAY + 60, payment(5)),
      txItem(payment(2, parent)),
      end,
    );
    expect(later[3]).toMatchObject({ timeSec: noon + DAY + 60, amountsSats: both });
  });

  test('one that is malformed is named and left out', () => {
    const bytes = encodeTx(payment(1));
    const results = readAll(
      { kind: 'transaction', where: 'pool:7', bytes: bytes.subarray(0, -1) },
      { kind: 'transaction', where: 'pool:8', bytes: Uint8Array.from([...bytes, 0]) },
      txItem(payment(2)),
      end,
    );
    expect(results).toMatchObject([
      { where: 'pool:7', reason: 'no valid transaction: truncated' },
      { where: 'pool:8', reason: 'no valid transaction: trailing_bytes' },
      null,
      { amountsSats: both },
    ]);
  });
});

test('what the reader of the file found wrong is passed on as it is', () => {
  const problem: ReplayItem = { kind: 'problem', where: 'x:3', reason: 'not JSON' };
  expect(readAll(problem)).toEqual([problem]);
});
