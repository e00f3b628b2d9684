/** The decoder on Core's vectors, four mainnet blocks and a mempool; bitcoinjs-lib beside it. */
import { Transaction } from 'bitcoinjs-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block, decodeBlock } from '../src/decode-block.ts';
import { DECODE_OK, DECODE_REASON_NAMES } from '../src/decode-reason.ts';
import { decodeTx } from '../src/decode-tx.ts';
import { merkleRoot } from '../src/merkle.ts';
import { Tx } from '../src/tx.ts';
import { TxidHasher } from '../src/txid.ts';
import {
  blockHeights,
  hash256,
  readBlock,
  readCoreVectors,
  readMempool,
  sharedDataIsThere,
} from './shared-data.ts';

const hasher = new TxidHasher(hash256);

/** What both decoders must agree on, as one line: comparing those is quick. */
function describeOurs(tx: Tx): string {
  const { inputCount, outputCount } = tx;
  const witness = [...tx.witnessBytes.subarray(0, inputCount)];
  const values = [...tx.outputSats.subarray(0, outputCount)];
  const scripts = [...tx.scriptOffsets.subarray(0, outputCount)].map((at, i) =>
    Buffer.from(tx.bytes.subarray(at, at + tx.scriptLengths[i]!)).toString('hex'),
  );
  const prevouts = [...tx.prevoutOffsets.subarray(0, inputCount)].map((at) =>
    Buffer.from(tx.bytes.subarray(at, at + 36)).toString('hex'),
  );
  const txid = Buffer.from(hasher.txidOf(tx)).toString('hex');
  const { version, lockTime, weight } = tx;
  return JSON.stringify([txid, version, lockTime, weight, prevouts, witness, values, scripts]);
}

function describeTheirs(bytes: Uint8Array): string {
  const tx = Transaction.fromBuffer(Buffer.from(bytes));
  const witness = tx.ins.map((input) => input.witness.reduce((sum, item) => sum + item.length, 0));
  const prevouts = tx.ins.map((input) => {
    const index = Buffer.alloc(4);
    index.writeUInt32LE(input.index);
    return Buffer.concat([input.hash, index]).toString('hex');
  });
  const values = tx.outs.map((output) => Number(output.value));
  const scripts = tx.outs.map((output) => Buffer.from(output.script).toString('hex'));
  const txid = Buffer.from(tx.getHash()).toString('hex');
  const [version, lockTime, weight] = [tx.version >>> 0, tx.locktime, tx.weight()];
  return JSON.stringify([txid, version, lockTime, weight, prevouts, witness, values, scripts]);
}

describe.skipIf(!sharedDataIsThere)('decoding real data', () => {
  it.each(blockHeights)('decodes every transaction of block %i', (height) => {
    const bytes = readBlock(height);
    const block = new Block();
    const txids = new Uint8Array(5000 * 32);
    const reason = decodeBlock(bytes, block, new Tx(), (tx, index) => {
      txids.set(hasher.txidOf(tx), index * 32);
      expect(describeOurs(tx)).toBe(describeTheirs(bytes.subarray(tx.start, tx.end)));
    });
    expect(reason).toBe(DECODE_OK);
    expect(block.height).toBe(height);
    const { merkleRootOffset: at } = block;
    expect(merkleRoot(txids, block.txCount, hash256)).toEqual(bytes.subarray(at, at + 32));
  });

  it('decodes every transaction of the mempool', () => {
    const tx = new Tx();
    const transactions = readMempool();
    expect(transactions.length).toBe(8131);
    for (const bytes of transactions) {
      expect(decodeTx(bytes, 0, bytes.length, tx)).toBe(DECODE_OK);
      expect(describeOurs(tx)).toBe(describeTheirs(bytes));
    }
  });

  it("decodes each of Core's valid transactions", () => {
    const tx = new Tx();
    const vectors = readCoreVectors('tx_valid');
    expect(vectors.length).toBe(121);
    for (const { bytes } of vectors) {
      expect(DECODE_REASON_NAMES[decodeTx(bytes, 0, bytes.length, tx)]).toBe('ok');
      expect(describeOurs(tx)).toBe(describeTheirs(bytes));
    }
  });

  it("refuses each of Core's transactions that are invalid by themselves, by name", () => {
    const tx = new Tx();
    const reasons = readCoreVectors('tx_invalid').map(({ bytes, flags }) => ({
      bad: flags === 'BADTX',
      reason: DECODE_REASON_NAMES[decodeTx(bytes, 0, bytes.length, tx)]!,
    }));
    expect(reasons.length).toBe(93);
    expect(reasons.filter(({ bad }) => bad).map(({ reason }) => reason)).toEqual([
      'no_outputs',
      'value_too_large',
      'value_too_large',
      'value_sum_too_large',
      'duplicate_input',
      'coinbase_script_size',
      'coinbase_script_size',
      'null_prevout',
      'null_prevout',
    ]);
    // The others fail for their scripts and signatures, which are the node's to check.
    expect(new Set(reasons.filter(({ bad }) => !bad).map(({ reason }) => reason))).toEqual(
      new Set(['ok']),
    );
  });

  it('answers cut and changed real transactions with a reason, and never throws', () => {
    const tx = new Tx();
    const transactions = readMempool();
    const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 });
    fc.assert(
      fc.property(fc.nat(), fc.nat(), change, (which, cut, changes) => {
        const bytes = Uint8Array.from(transactions[which % transactions.length]!);
        const shorter = bytes.subarray(0, cut % bytes.length);
        expect(decodeTx(shorter, 0, shorter.length, tx)).not.toBe(DECODE_OK);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expect(DECODE_REASON_NAMES[decodeTx(bytes, 0, bytes.length, tx)]).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('answers a real block cut or changed anywhere with a reason', () => {
    const bytes = readBlock(300025);
    const block = new Block();
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), (place, value) => {
        const at = place % bytes.length;
        const shorter = bytes.subarray(0, at);
        expect(decodeBlock(shorter, block, new Tx(), () => {})).not.toBe(DECODE_OK);
        const before = bytes[at]!;
        bytes[at] = value;
        expect(DECODE_REASON_NAMES[decodeBlock(bytes, block, new Tx(), () => {})]).toBeDefined();
        bytes[at] = before;
      }),
      { numRuns: 300 },
    );
  });
});
