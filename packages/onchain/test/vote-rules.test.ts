import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block, decodeBlock } from '../src/decode-block.ts';
import { DECODE_OK } from '../src/decode-reason.ts';
import { decodeTx } from '../src/decode-tx.ts';
import { roundInBitcoin } from '../src/round-in-bitcoin.ts';
import { Tx } from '../src/tx.ts';
import {
  type IsRecentParent,
  NO_RULE,
  OUTPUT_RULES,
  rejectingOutputRule,
  rejectingTxRule,
  TX_RULES,
} from '../src/vote-rules.ts';
import {
  anyPlainTx,
  coinbaseTx,
  encodeTx,
  type PlainTx,
  plainInput,
  plainTx,
  txidOf,
} from './encode-tx.ts';
import { readBlock, readMempool, sharedDataIsThere } from './shared-data.ts';

const noParent: IsRecentParent = () => false;
const output = (sats: number, ...script: number[]) => ({ sats, script: Uint8Array.from(script) });

function ruleFor(plain: PlainTx, isRecentParent: IsRecentParent = noParent): string {
  const bytes = encodeTx(plain);
  const tx = new Tx();
  expect(decodeTx(bytes, 0, bytes.length, tx)).toBe(DECODE_OK);
  const rule = rejectingTxRule(tx, isRecentParent);
  return rule === NO_RULE ? 'votes' : TX_RULES[rule]!.name;
}

function inputs(count: number) {
  return Array.from({ length: count }, (_, prevIndex) => plainInput({ prevIndex }));
}

describe('the rules on a transaction', () => {
  it('let a plain payment vote', () => {
    expect(ruleFor(plainTx())).toBe('votes');
  });

  it('reject a coinbase before anything else', () => {
    expect(ruleFor(coinbaseTx([1, 2, 3]))).toBe('coinbase');
    const twoOutputs = { ...coinbaseTx([1, 2, 3]), outputs: plainTx().outputs };
    expect(ruleFor(twoOutputs)).toBe('coinbase');
  });

  it('take 1 to 5 inputs', () => {
    expect(ruleFor(plainTx({ inputs: inputs(5) }))).toBe('votes');
    expect(ruleFor(plainTx({ inputs: inputs(6) }))).toBe('too_many_inputs');
  });

  it('take exactly two outputs', () => {
    const outputs = [output(2001), output(2002), output(2003)];
    expect(ruleFor(plainTx({ outputs: outputs.slice(0, 1) }))).toBe('output_count');
    expect(ruleFor(plainTx({ outputs: outputs.slice(0, 2) }))).toBe('votes');
    expect(ruleFor(plainTx({ outputs }))).toBe('output_count');
  });

  it('take no OP_RETURN, at either place, but an empty script', () => {
    expect(ruleFor(plainTx({ outputs: [output(0, 0x6a, 1, 1), output(5)] }))).toBe('op_return');
    expect(ruleFor(plainTx({ outputs: [output(5), output(0, 0x6a)] }))).toBe('op_return');
    expect(ruleFor(plainTx({ outputs: [output(5), output(6)] }))).toBe('votes');
    expect(ruleFor(plainTx({ outputs: [output(5, 0x51, 0x6a), output(6)] }))).toBe('votes');
  });

  it('take up to 500 bytes of witness at each input, all items together', () => {
    const witness = (...lengths: number[]) =>
      plainInput({ witness: lengths.map((length) => new Uint8Array(length)) });
    expect(ruleFor(plainTx({ inputs: [witness(72, 428)] }))).toBe('votes');
    expect(ruleFor(plainTx({ inputs: [witness(72, 429)] }))).toBe('heavy_witness');
    const second = [plainInput({ prevIndex: 3 }), witness(501)];
    expect(ruleFor(plainTx({ inputs: second }))).toBe('heavy_witness');
    const eachBelow = [witness(400), { ...witness(400), prevIndex: 1 }];
    expect(ruleFor(plainTx({ inputs: eachBelow }))).toBe('votes');
  });

  it('take no recent parent at any input', () => {
    const recent = txidOf(77);
    const isRecent: IsRecentParent = (bytes, at) =>
      Buffer.from(recent).equals(bytes.subarray(at, at + 32));
    const other = plainInput({ prevTxid: txidOf(1) });
    const child = plainInput({ prevTxid: recent });
    expect(ruleFor(plainTx({ inputs: [other] }), isRecent)).toBe('votes');
    expect(ruleFor(plainTx({ inputs: [other, child] }), isRecent)).toBe('recent_parent');
  });

  it('give the first of the table that rejects, whatever the transaction', () => {
    const isRecent: IsRecentParent = (bytes, at) => bytes[at]! >= 200;
    const tx = new Tx();
    const anyTx = fc.oneof(
      anyPlainTx,
      anyPlainTx.map((plain) => ({ ...plain, outputs: plain.outputs.slice(0, 2) })),
      anyPlainTx.map(({ inputs: all, ...plain }) => ({
        ...plain,
        inputs: all.slice(0, 3),
        outputs: [output(5, 0x6a), ...plain.outputs.slice(0, 1)],
      })),
    );
    fc.assert(
      fc.property(anyTx, (plain) => {
        const bytes = encodeTx(plain);
        expect(decodeTx(bytes, 0, bytes.length, tx)).toBe(DECODE_OK);
        const first = TX_RULES.findIndex((rule) => rule.rejects(tx, isRecent));
        expect(rejectingTxRule(tx, isRecent)).toBe(first);
        for (const sats of tx.outputSats) {
          const firstOutputRule = OUTPUT_RULES.findIndex((rule) => rule.rejects(sats));
          expect(rejectingOutputRule(sats)).toBe(firstOutputRule);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are frozen, and each has its own name', () => {
    expect(Object.isFrozen(TX_RULES) && Object.isFrozen(OUTPUT_RULES)).toBe(true);
    const names = [...TX_RULES, ...OUTPUT_RULES].map(({ name }) => name);
    expect(new Set(names).size).toBe(8);
  });
});

describe('the rules on an output', () => {
  const ruleOf = (sats: number) => OUTPUT_RULES[rejectingOutputRule(sats)]?.name ?? 'votes';

  it('take amounts between 1,000 sat and 10,000 BTC, both excluded', () => {
    expect([0, 1000, 1001, 999_999_999_999, 1e12].map(ruleOf)).toEqual([
      'amount_range',
      'amount_range',
      'votes',
      'round_in_bitcoin',
      'amount_range',
    ]);
    expect(ruleOf(987_654_321_012)).toBe('votes');
  });

  it('leave out amounts of at most two significant digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.nat({ max: 10 }), (digits, zeros) => {
        expect(roundInBitcoin(digits * 10 ** zeros)).toBe(true);
      }),
    );
    expect([101_000, 1_230_000, 50_500_000, 12_345].map(roundInBitcoin)).not.toContain(true);
  });

  it('leave out what lies within 2e-5 around them, on both sides and across a power of ten', () => {
    expect([100_002_000, 99_998_000, 25_000_500, 24_999_500].map(roundInBitcoin)).not.toContain(
      false,
    );
    expect([100_002_001, 99_997_999, 25_000_501, 24_999_499].map(roundInBitcoin)).not.toContain(
      true,
    );
  });
});

describe.skipIf(!sharedDataIsThere)('the rules on real transactions', () => {
  it('leave the number of transactions of the mempool that its description tells', () => {
    const tx = new Tx();
    let qualifying = 0;
    for (const bytes of readMempool()) {
      decodeTx(bytes, 0, bytes.length, tx);
      if (tx.inputCount <= 5 && tx.outputCount === 2) qualifying += 1;
    }
    expect(qualifying).toBe(3007);
  });

  it('count each transaction of a block once', () => {
    const counts = new Map<string, number>();
    decodeBlock(readBlock(866342), new Block(), new Tx(), (tx) => {
      const name = TX_RULES[rejectingTxRule(tx, noParent)]?.name ?? 'votes';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    });
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(4864);
    expect(counts.get('coinbase')).toBe(1);
    expect(counts.get('votes')).toBeGreaterThan(200);
    expect(counts.get('votes')).toBeLessThan(600);
  });
});
