import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DECODE_OK, DECODE_REASON_NAMES } from '../src/decode-reason.ts';
import { decodeNextTx, decodeTx } from '../src/decode-tx.ts';
import { Tx } from '../src/tx.ts';
import { TxidHasher } from '../src/txid.ts';
import {
  anyPlainTx,
  coinbaseTx,
  compactSize,
  encodeBaseTx,
  encodeBody,
  encodeTx,
  encodeWitness,
  littleEndian,
  type PlainTx,
  plainInput,
  plainTx,
  txidOf,
} from './encode-tx.ts';
import { hash256 } from './shared-data.ts';

function reasonOf(bytes: Uint8Array | number[]): string {
  const whole = Uint8Array.from(bytes);
  return DECODE_REASON_NAMES[decodeTx(whole, 0, whole.length, new Tx())]!;
}

function reasonOfTx(change: Partial<PlainTx>): string {
  return reasonOf(encodeTx(plainTx(change)));
}

const empty = new Uint8Array(0);
/** Version, marker and flag of a segwit transaction. */
const segwitHead = [2, 0, 0, 0, 0, 1];
const lockTime = [0, 0, 0, 0];

describe('decodeTx on what was encoded', () => {
  it('gives back every field, without and with bytes around it', () => {
    const tx = new Tx();
    fc.assert(
      fc.property(anyPlainTx, fc.uint8Array({ maxLength: 50 }), (plain, around) => {
        const encoded = encodeTx(plain);
        const bytes = Uint8Array.from([...around, ...encoded, ...around]);
        const start = around.length;
        const end = start + encoded.length;
        expect(decodeTx(bytes, start, end, tx)).toBe(DECODE_OK);
        expect(decodeNextTx(bytes, start, bytes.length, tx)).toBe(DECODE_OK);
        expect([tx.start, tx.end]).toEqual([start, end]);
        expectSame(tx, plain);
      }),
      { numRuns: 300 },
    );
  });

  it('hashes the bytes without the witness for the txid', () => {
    const tx = new Tx();
    const hasher = new TxidHasher(hash256);
    fc.assert(
      fc.property(anyPlainTx, (plain) => {
        const bytes = encodeTx(plain);
        decodeTx(bytes, 0, bytes.length, tx);
        expect(hasher.txidOf(tx)).toEqual(hash256(encodeBaseTx(plain)));
      }),
    );
  });

  it('hashes a base larger than the buffer it began with', () => {
    const script = new Uint8Array(9000).fill(7);
    const plain = plainTx({ inputs: [plainInput({ script, witness: [Uint8Array.of(1)] })] });
    const bytes = encodeTx(plain);
    const tx = new Tx();
    expect(decodeTx(bytes, 0, bytes.length, tx)).toBe(DECODE_OK);
    expect(new TxidHasher(hash256).txidOf(tx)).toEqual(hash256(encodeBaseTx(plain)));
  });

  it('shows no witness of the transaction decoded before', () => {
    const tx = new Tx();
    const segwit = encodeTx(plainTx({ inputs: [plainInput({ witness: [new Uint8Array(600)] })] }));
    const legacy = encodeTx(plainTx());
    decodeTx(segwit, 0, segwit.length, tx);
    expect(tx.witnessBytes[0]).toBe(600);
    decodeTx(legacy, 0, legacy.length, tx);
    expect(tx.witnessBytes[0]).toBe(0);
  });
});

function expectSame(tx: Tx, plain: PlainTx): void {
  expect(tx.version).toBe(plain.version);
  expect(tx.lockTime).toBe(plain.lockTime);
  expect(tx.coinbase).toBe(false);
  expect(tx.inputCount).toBe(plain.inputs.length);
  expect(tx.outputCount).toBe(plain.outputs.length);
  expect(tx.baseBytes).toBe(encodeBaseTx(plain).length);
  plain.inputs.forEach((input, i) => {
    const at = tx.prevoutOffsets[i]!;
    const outpoint = [...input.prevTxid, ...littleEndian(input.prevIndex, 4)];
    expect([...tx.bytes.subarray(at, at + 36)]).toEqual(outpoint);
    const total = input.witness.reduce((sum, item) => sum + item.length, 0);
    expect(tx.witnessBytes[i]).toBe(total);
  });
  plain.outputs.forEach((output, i) => {
    const at = tx.scriptOffsets[i]!;
    expect(tx.outputSats[i]).toBe(output.sats);
    expect(tx.bytes.subarray(at, at + tx.scriptLengths[i]!)).toEqual(output.script);
  });
}

describe('decodeTx names why it refuses', () => {
  it('an end before the end, at every length', () => {
    const bytes = encodeTx(plainTx({ inputs: [plainInput({ witness: [Uint8Array.of(1, 2)] })] }));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(['truncated', 'count_too_large']).toContain(reasonOf(bytes.subarray(0, length)));
    }
    expect(reasonOf(bytes.subarray(0, 5))).toBe('truncated');
    expect(reasonOf(bytes.subarray(0, bytes.length - 1))).toBe('truncated');
  });

  it('bytes left over', () => {
    expect(reasonOf([...encodeTx(plainTx()), 0])).toBe('trailing_bytes');
  });

  it('sizes not in their shortest form, or beyond any object', () => {
    const head = littleEndian(2, 4);
    const rest = encodeBody(plainTx()).slice(1);
    const withCount = (count: number[]) => reasonOf([...head, ...count, ...rest, ...lockTime]);
    expect(withCount(compactSize(1))).toBe('ok');
    expect(withCount(compactSize(1, 3))).toBe('non_canonical_size');
    expect(withCount(compactSize(1, 5))).toBe('non_canonical_size');
    expect(withCount(compactSize(1, 9))).toBe('non_canonical_size');
    expect(withCount(compactSize(0xfc, 3))).toBe('non_canonical_size');
    expect(withCount(compactSize(0xffff, 5))).toBe('non_canonical_size');
    expect(withCount(compactSize(0x02000000))).toBe('count_too_large');
    expect(withCount(compactSize(0x02000001))).toBe('size_too_large');
    expect(withCount([0xff, 255, 255, 255, 255, 255, 255, 255, 255])).toBe('size_too_large');
    expect(reasonOf([...head, 0xfd, 1])).toBe('truncated');
  });

  it('counts that the bytes left cannot hold', () => {
    const inputs = encodeBody(plainTx()).slice(0, 42);
    expect(reasonOf([2, 0, 0, 0, ...compactSize(3), ...new Uint8Array(122)])).toBe(
      'count_too_large',
    );
    expect(reasonOf([2, 0, 0, 0, ...inputs, ...compactSize(2), ...new Uint8Array(17)])).toBe(
      'count_too_large',
    );
    const body = encodeBody(plainTx());
    expect(reasonOf([...segwitHead, ...body, ...compactSize(300), ...new Uint8Array(299)])).toBe(
      'count_too_large',
    );
  });

  it('no inputs or no outputs', () => {
    expect(reasonOf([2, 0, 0, 0, 0, 0, ...lockTime])).toBe('no_inputs');
    expect(reasonOf([...segwitHead, 0, 1, ...new Uint8Array(9), ...lockTime])).toBe('no_inputs');
    expect(reasonOfTx({ outputs: [] })).toBe('no_outputs');
  });

  it('flags that are unknown or say nothing', () => {
    const tx = plainTx({ inputs: [plainInput({ witness: [Uint8Array.of(9)] })] });
    const tail = [...encodeBody(tx), ...encodeWitness(tx), ...lockTime];
    expect(reasonOf([2, 0, 0, 0, 0, 1, ...tail])).toBe('ok');
    expect(reasonOf([2, 0, 0, 0, 0, 2, ...tail])).toBe('unknown_flag');
    expect(reasonOf([2, 0, 0, 0, 0, 3, ...tail])).toBe('unknown_flag');
    const none = [...segwitHead, ...encodeBody(plainTx()), 0, ...lockTime];
    expect(reasonOf(none)).toBe('superfluous_witness');
  });

  it('takes one empty witness item for a witness, as Core does', () => {
    expect(reasonOfTx({ inputs: [plainInput({ witness: [empty] })] })).toBe('ok');
  });

  it('values out of range', () => {
    const output = (sats: number) => ({ sats, script: empty });
    expect(reasonOfTx({ outputs: [output(21e14)] })).toBe('ok');
    expect(reasonOfTx({ outputs: [output(21e14 + 1)] })).toBe('value_too_large');
    expect(reasonOfTx({ outputs: [output(-1)] })).toBe('value_too_large');
    expect(reasonOfTx({ outputs: [output(21e14), output(0)] })).toBe('ok');
    expect(reasonOfTx({ outputs: [output(21e14), output(1)] })).toBe('value_sum_too_large');
  });

  it('more weight than a block may have', () => {
    expect(reasonOf(new Uint8Array(4_000_001))).toBe('overweight');
    const bytes = (scriptBytes: number) => {
      const head = [...littleEndian(2, 4), 1, ...txidOf(1), 0, 0, 0, 0];
      const tail = [...littleEndian(0, 4), 1, ...littleEndian(5, 8), 0, ...lockTime];
      const length = compactSize(scriptBytes);
      const whole = new Uint8Array(head.length + length.length + scriptBytes + tail.length);
      whole.set([...head, ...length]);
      whole.set(tail, head.length + length.length + scriptBytes);
      return whole;
    };
    const around = bytes(70_000).length - 70_000;
    expect(reasonOf(bytes(1_000_000 - around))).toBe('ok');
    expect(reasonOf(bytes(1_000_001 - around))).toBe('overweight');
  });

  it('an outpoint spent twice, among few and among many', () => {
    for (const count of [2, 5, 13, 400]) {
      const inputs = Array.from({ length: count }, (_, i) => plainInput({ prevTxid: txidOf(i) }));
      expect(reasonOfTx({ inputs })).toBe('ok');
      expect(reasonOfTx({ inputs: [...inputs, inputs[count >> 1]!] })).toBe('duplicate_input');
    }
  });

  it('but not many outputs of one transaction, nor txids and indexes that agree in part', () => {
    const sameTx = Array.from({ length: 100 }, (_, prevIndex) => plainInput({ prevIndex }));
    expect(reasonOfTx({ inputs: sameTx })).toBe('ok');
    const alike = Array.from({ length: 40 }, (_, i) => {
      const prevTxid = new Uint8Array(32);
      prevTxid[31] = i >> 1;
      return plainInput({ prevTxid, prevIndex: (i & 1) * 0x200000 });
    });
    expect(reasonOfTx({ inputs: alike })).toBe('ok');
    for (const twice of [0, 7, 39]) {
      expect(reasonOfTx({ inputs: [...alike, alike[twice]!] })).toBe('duplicate_input');
    }
  });

  it('a coinbase script out of its bounds', () => {
    const coinbase = (length: number) =>
      reasonOf(encodeTx(coinbaseTx([...new Uint8Array(length)])));
    expect([1, 2, 100, 101].map(coinbase)).toEqual([
      'coinbase_script_size',
      'ok',
      'ok',
      'coinbase_script_size',
    ]);
  });

  it('a null prevout beside another input', () => {
    const null36 = plainInput({ prevTxid: new Uint8Array(32), prevIndex: 0xffffffff });
    expect(reasonOfTx({ inputs: [null36, plainInput()] })).toBe('null_prevout');
    expect(reasonOfTx({ inputs: [plainInput(), null36] })).toBe('null_prevout');
    const zeroTxid = plainInput({ prevTxid: new Uint8Array(32), prevIndex: 0 });
    expect(reasonOfTx({ inputs: [zeroTxid, plainInput()] })).toBe('ok');
    expect(reasonOfTx({ inputs: [plainInput({ prevIndex: 0xffffffff })] })).toBe('ok');
  });
});

describe('decodeTx on bytes from anywhere', () => {
  const tx = new Tx();
  const expectAnswer = (bytes: Uint8Array) => {
    const reason = decodeTx(bytes, 0, bytes.length, tx);
    expect(DECODE_REASON_NAMES[reason]).toBeDefined();
    if (reason === DECODE_OK) expect(tx.end).toBe(bytes.length);
    return reason;
  };

  it('answers any bytes with a reason of the table', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), expectDefined), { numRuns: 2000 });
    function expectDefined(bytes: Uint8Array): void {
      expectAnswer(bytes);
    }
  });

  it('refuses every cut, and answers every change of bytes', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(anyPlainTx, fc.nat(), change, (plain, cut, changes) => {
        const bytes = encodeTx(plain);
        expect(expectAnswer(bytes.subarray(0, cut % bytes.length))).not.toBe(DECODE_OK);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expectAnswer(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('never grows its columns beyond what the bytes could hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 200 }), (bytes) => {
        const fresh = new Tx();
        decodeTx(Uint8Array.from([2, 0, 0, 0, 0xfe, ...bytes]), 0, bytes.length + 5, fresh);
        expect(fresh.prevoutOffsets.length).toBeLessThanOrEqual(16);
        expect(fresh.outputSats.length).toBeLessThanOrEqual(2 * 23);
      }),
    );
  });
});
