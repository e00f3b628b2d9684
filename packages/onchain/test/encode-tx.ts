/** Serializes transactions the way the decoder reads them: the other half of its tests. */
import fc from 'fast-check';

export interface PlainInput {
  readonly prevTxid: Uint8Array;
  readonly prevIndex: number;
  readonly script: Uint8Array;
  readonly sequence: number;
  readonly witness: readonly Uint8Array[];
}

export interface PlainOutput {
  readonly sats: number;
  readonly script: Uint8Array;
}

export interface PlainTx {
  readonly version: number;
  readonly inputs: readonly PlainInput[];
  readonly outputs: readonly PlainOutput[];
  readonly lockTime: number;
}

export function compactSize(value: number, width: 1 | 3 | 5 | 9 = shortestWidth(value)): number[] {
  if (width === 1) return [value];
  return [width === 3 ? 0xfd : width === 5 ? 0xfe : 0xff, ...littleEndian(value, width - 1)];
}

function shortestWidth(value: number): 1 | 3 | 5 | 9 {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : value <= 0xffffffff ? 5 : 9;
}

export function littleEndian(value: number, width: number): number[] {
  let rest = BigInt.asUintN(width * 8, BigInt(value));
  const bytes: number[] = [];
  for (let i = 0; i < width; i += 1) {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  }
  return bytes;
}

/** Inputs and outputs with their counts, without version, witness and locktime. */
export function encodeBody(tx: PlainTx): number[] {
  return [
    ...compactSize(tx.inputs.length),
    ...tx.inputs.flatMap((input) => [
      ...input.prevTxid,
      ...littleEndian(input.prevIndex, 4),
      ...compactSize(input.script.length),
      ...input.script,
      ...littleEndian(input.sequence, 4),
    ]),
    ...compactSize(tx.outputs.length),
    ...tx.outputs.flatMap((output) => [
      ...littleEndian(output.sats, 8),
      ...compactSize(output.script.length),
      ...output.script,
    ]),
  ];
}

export function encodeWitness(tx: PlainTx): number[] {
  return tx.inputs.flatMap((input) => [
    ...compactSize(input.witness.length),
    ...input.witness.flatMap((item) => [...compactSize(item.length), ...item]),
  ]);
}

export function hasWitness(tx: PlainTx): boolean {
  return tx.inputs.some((input) => input.witness.length > 0);
}

export function encodeTx(tx: PlainTx): Uint8Array {
  return Uint8Array.from([
    ...littleEndian(tx.version, 4),
    ...(hasWitness(tx) ? [0, 1] : []),
    ...encodeBody(tx),
    ...(hasWitness(tx) ? encodeWitness(tx) : []),
    ...littleEndian(tx.lockTime, 4),
  ]);
}

export function encodeBaseTx(tx: PlainTx): Uint8Array {
  return Uint8Array.from([
    ...littleEndian(tx.version, 4),
    ...encodeBody(tx),
    ...littleEndian(tx.lockTime, 4),
  ]);
}

/** A txid that differs for each number. */
export function txidOf(number: number): Uint8Array {
  const txid = new Uint8Array(32).fill(0xa5);
  txid.set(littleEndian(number, 6), 0);
  txid.set(littleEndian(number * 7919, 6), 6);
  return txid;
}

export function plainInput(change: Partial<PlainInput> = {}): PlainInput {
  return {
    prevTxid: txidOf(1),
    prevIndex: 0,
    script: new Uint8Array(0),
    sequence: 0xffffffff,
    witness: [],
    ...change,
  };
}

/** A payment with change, valid unless the change makes it otherwise. */
export function plainTx(change: Partial<PlainTx> = {}): PlainTx {
  return {
    version: 2,
    inputs: [plainInput()],
    outputs: [
      { sats: 123_457, script: Uint8Array.from([0, 20, ...new Uint8Array(20)]) },
      { sats: 7_654_321, script: Uint8Array.from([0, 20, ...new Uint8Array(20)]) },
    ],
    lockTime: 0,
    ...change,
  };
}

export function coinbaseTx(script: readonly number[], seed = 0): PlainTx {
  return plainTx({
    inputs: [
      plainInput({
        prevTxid: new Uint8Array(32),
        prevIndex: 0xffffffff,
        script: Uint8Array.from(script),
      }),
    ],
    outputs: [{ sats: 312_500_000, script: Uint8Array.from([0x51]) }],
    lockTime: seed,
  });
}

const script = fc.uint8Array({ maxLength: 300 });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });

const input = fc.record({
  prevTxid: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  prevIndex: fc.integer({ min: 0, max: 0xfffffffe }),
  script,
  sequence: uint32,
  witness: fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 4 }),
});

/** Any valid transaction that is no coinbase. */
export const anyPlainTx: fc.Arbitrary<PlainTx> = fc.record({
  version: uint32,
  inputs: fc.uniqueArray(input, {
    minLength: 1,
    maxLength: 20,
    selector: (one) => `${one.prevTxid.join()}:${one.prevIndex}`,
  }),
  outputs: fc.array(fc.record({ sats: fc.integer({ min: 0, max: 21e14 / 20 }), script }), {
    minLength: 1,
    maxLength: 20,
  }),
  lockTime: uint32,
});
