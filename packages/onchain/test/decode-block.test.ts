import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block, decodeBlock } from '../src/decode-block.ts';
import { DECODE_OK, DECODE_REASON_NAMES } from '../src/decode-reason.ts';
import { merkleRoot } from '../src/merkle.ts';
import { Tx } from '../src/tx.ts';
import { coinbaseTx, compactSize, encodeTx, littleEndian, plainTx, txidOf } from './encode-tx.ts';
import { hash256 } from './shared-data.ts';

const header = [
  ...littleEndian(0x20000000, 4),
  ...txidOf(1),
  ...txidOf(2),
  ...littleEndian(1_700_000_000, 4),
  ...littleEndian(0x17053894, 4),
  ...littleEndian(0xfedcba98, 4),
];

const height800k = [3, 0x00, 0x35, 0x0c, 9, 9];

function encodeBlock(txs: Uint8Array[], head: number[] = header): Uint8Array {
  const bodies = txs.flatMap((tx) => [...tx]);
  return Uint8Array.from([...head, ...compactSize(txs.length), ...bodies]);
}

const coinbase = encodeTx(coinbaseTx(height800k));
const payments = [1, 2, 3].map((lockTime) => encodeTx(plainTx({ lockTime })));

function walk(bytes: Uint8Array): { reason: string; block: Block; lockTimes: number[] } {
  const block = new Block();
  const lockTimes: number[] = [];
  const reason = decodeBlock(bytes, block, new Tx(), (tx, index) => {
    expect(index).toBe(lockTimes.length);
    lockTimes.push(tx.lockTime);
  });
  return { reason: DECODE_REASON_NAMES[reason]!, block, lockTimes };
}

describe('decodeBlock', () => {
  it('reads the header and visits each transaction in order', () => {
    const { reason, block, lockTimes } = walk(encodeBlock([coinbase, ...payments]));
    expect(reason).toBe('ok');
    expect(lockTimes).toEqual([0, 1, 2, 3]);
    expect(block).toMatchObject({
      version: 0x20000000,
      timeSec: 1_700_000_000,
      bits: 0x17053894,
      nonce: 0xfedcba98,
      txCount: 4,
      height: 800_000,
    });
    const hashAt = (at: number) => block.bytes.subarray(at, at + 32);
    expect(hashAt(block.prevHashOffset)).toEqual(txidOf(1));
    expect(hashAt(block.merkleRootOffset)).toEqual(txidOf(2));
  });

  it('names why it refuses', () => {
    const whole = encodeBlock([coinbase, ...payments]);
    expect(walk(whole.subarray(0, 79)).reason).toBe('truncated');
    expect(walk(whole.subarray(0, 80)).reason).toBe('truncated');
    expect(walk(whole.subarray(0, -1)).reason).toBe('truncated');
    expect(walk(Uint8Array.from([...whole, 0])).reason).toBe('trailing_bytes');
    expect(walk(encodeBlock([])).reason).toBe('no_transactions');
    expect(walk(encodeBlock([payments[0]!, coinbase])).reason).toBe('coinbase_missing');
    expect(walk(encodeBlock([coinbase, coinbase])).reason).toBe('coinbase_repeated');
    expect(walk(new Uint8Array(4_000_001)).reason).toBe('overweight');
    const manyCounted = Uint8Array.from([...header, ...compactSize(4), ...new Uint8Array(239)]);
    expect(walk(manyCounted).reason).toBe('count_too_large');
    const badCount = Uint8Array.from([...header, ...compactSize(1, 3), ...coinbase]);
    expect(walk(badCount).reason).toBe('non_canonical_size');
  });

  it('adds up the weight of all transactions', () => {
    const heavyScript = new Uint8Array(400_000);
    const heavy = [1, 2, 3].map((lockTime) =>
      encodeTx(plainTx({ lockTime, outputs: [{ sats: 1, script: heavyScript }] })),
    );
    expect(walk(encodeBlock([coinbase, ...heavy.slice(1)])).reason).toBe('ok');
    expect(walk(encodeBlock([coinbase, ...heavy])).reason).toBe('overweight');
  });

  it('answers cuts and changed bytes with a reason, visiting only what stands before', () => {
    const whole = encodeBlock([coinbase, ...payments]);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        expect(walk(whole.subarray(0, at)).reason).not.toBe('ok');
        const changed = Uint8Array.from(whole);
        changed[at] = value;
        expect(walk(changed).reason).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the height in the coinbase', () => {
  const heightOf = (script: number[], version = 0x20000000) => {
    const head = [...littleEndian(version, 4), ...header.slice(4)];
    return walk(encodeBlock([encodeTx(coinbaseTx(script))], head)).block.height;
  };

  it('is read in every form BIP34 allows', () => {
    expect(heightOf(height800k)).toBe(800_000);
    expect(heightOf([0, 0])).toBe(0);
    expect(heightOf([0x51, 0])).toBe(1);
    expect(heightOf([0x60, 0])).toBe(16);
    expect(heightOf([1, 17])).toBe(17);
    expect(heightOf([1, 127])).toBe(127);
    expect(heightOf([2, 128, 0])).toBe(128);
    expect(heightOf([4, 0x80, 0x96, 0x98, 0x00])).toBe(10_000_000);
    expect(heightOf([4, 0, 0, 0, 1])).toBe(0x1000000);
  });

  it('is null where the script says something else', () => {
    expect(heightOf([1, 16])).toBeNull();
    expect(heightOf([1, 0x81])).toBeNull();
    expect(heightOf([2, 17, 0])).toBeNull();
    expect(heightOf([3, 1, 2])).toBeNull();
    expect(heightOf([5, 1, 1, 1, 1, 1])).toBeNull();
    expect(heightOf([0x4c, 3, 1, 1, 1])).toBeNull();
    expect(heightOf(height800k, 1)).toBeNull();
    expect(heightOf(height800k, 0x80000000)).toBeNull();
    expect(heightOf(height800k, 2)).toBe(800_000);
  });
});

describe('merkleRoot', () => {
  const list = (...numbers: number[]) => Uint8Array.from(numbers.flatMap((n) => [...txidOf(n)]));
  const join = (a: Uint8Array, b: Uint8Array) => hash256(Uint8Array.from([...a, ...b]));
  const [a, b, c] = [1, 2, 3].map(txidOf) as [Uint8Array, Uint8Array, Uint8Array];

  it('pairs the odd one out with itself', () => {
    expect(merkleRoot(list(1), 1, hash256)).toEqual(a);
    expect(merkleRoot(list(1, 2), 2, hash256)).toEqual(new Uint8Array(join(a, b)));
    const three = new Uint8Array(join(join(a, b), join(c, c)));
    expect(merkleRoot(list(1, 2, 3), 3, hash256)).toEqual(three);
  });

  it('leaves the txids as they were', () => {
    const txids = Buffer.from(list(1, 2, 3, 4));
    merkleRoot(txids, 4, hash256);
    expect(new Uint8Array(txids)).toEqual(list(1, 2, 3, 4));
  });

  it('has no root for no list, or one doctored to look like a shorter one', () => {
    expect(merkleRoot(list(), 0, hash256)).toBeNull();
    expect(merkleRoot(list(1, 2, 3, 3), 4, hash256)).toBeNull();
    expect(merkleRoot(list(1, 2, 3, 4, 5, 6, 5, 6), 8, hash256)).toBeNull();
    expect(merkleRoot(list(1, 2, 3, 4, 5, 6, 5, 7), 8, hash256)).not.toBeNull();
  });
});

it('has a name for every reason', () => {
  expect(DECODE_REASON_NAMES[DECODE_OK]).toBe('ok');
  expect(new Set(DECODE_REASON_NAMES).size).toBe(20);
});
