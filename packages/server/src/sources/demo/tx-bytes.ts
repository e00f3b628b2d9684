import { hash } from 'node:crypto';

/** An output that a transaction spends. The txid is in the order of the bytes on the wire. */
export interface OutPoint {
  readonly txid: Uint8Array;
  readonly vout: number;
}

export interface TxInput {
  readonly outPoint: OutPoint;
  readonly scriptSig: Uint8Array;
  readonly witness: readonly Uint8Array[];
  readonly sequence: number;
}

export interface TxOutput {
  readonly amountSats: number;
  readonly script: Uint8Array;
}

export interface TxContent {
  readonly version: number;
  readonly inputs: readonly TxInput[];
  readonly outputs: readonly TxOutput[];
  readonly lockTime: number;
}

export interface SerializedTx {
  readonly bytes: Uint8Array;
  /** Double SHA-256 of the serialization without witnesses, as on the wire. */
  readonly txid: Uint8Array;
  /** The same with witnesses (BIP 141). */
  readonly wtxid: Uint8Array;
  readonly weight: number;
}

export function hash256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', hash('sha256', bytes, 'buffer'), 'buffer');
}

/** Weight units by BIP 141: three times the size without witnesses plus the whole size. */
export function weightOf(tx: TxContent): number {
  return 3 * sizeOf(tx, false) + sizeOf(tx, hasWitness(tx));
}

/** Serializes as Bitcoin Core does for `rawtx`: with witnesses where there are any (BIP 144). */
export function serializeTx(tx: TxContent): SerializedTx {
  const plain = write(tx, false);
  const txid = hash256(plain);
  if (!hasWitness(tx)) return { bytes: plain, txid, wtxid: txid, weight: 4 * plain.length };
  const bytes = write(tx, true);
  return { bytes, txid, wtxid: hash256(bytes), weight: 3 * plain.length + bytes.length };
}

/** Appends to a buffer of known size. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  uint8(value: number): void {
    this.bytes[this.#at++] = value;
  }

  uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Satoshi amounts stay far below 2^53. */
  uint64(value: number): void {
    this.uint32(value % 2 ** 32);
    this.uint32(Math.floor(value / 2 ** 32));
  }

  compactSize(value: number): void {
    if (value < 0xfd) {
      this.uint8(value);
    } else if (value <= 0xffff) {
      this.uint8(0xfd);
      this.uint8(value & 0xff);
      this.uint8(value >>> 8);
    } else {
      this.uint8(0xfe);
      this.uint32(value);
    }
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  sized(bytes: Uint8Array): void {
    this.compactSize(bytes.length);
    this.raw(bytes);
  }
}

export function compactSizeLength(value: number): number {
  return value < 0xfd ? 1 : value <= 0xffff ? 3 : 5;
}

function hasWitness(tx: TxContent): boolean {
  return tx.inputs.some((input) => input.witness.length > 0);
}

function sizedLength(bytes: Uint8Array): number {
  return compactSizeLength(bytes.length) + bytes.length;
}

function sizeOf(tx: TxContent, withWitness: boolean): number {
  let size = 8 + compactSizeLength(tx.inputs.length) + compactSizeLength(tx.outputs.length);
  for (const input of tx.inputs) size += 40 + sizedLength(input.scriptSig);
  for (const output of tx.outputs) size += 8 + sizedLength(output.script);
  if (!withWitness) return size;
  size += 2;
  for (const { witness } of tx.inputs) {
    size += compactSizeLength(witness.length);
    for (const item of witness) size += sizedLength(item);
  }
  return size;
}

function write(tx: TxContent, withWitness: boolean): Uint8Array {
  const writer = new ByteWriter(sizeOf(tx, withWitness));
  writer.uint32(tx.version);
  if (withWitness) {
    writer.uint8(0);
    writer.uint8(1);
  }
  writer.compactSize(tx.inputs.length);
  for (const input of tx.inputs) {
    writer.raw(input.outPoint.txid);
    writer.uint32(input.outPoint.vout);
    writer.sized(input.scriptSig);
    writer.uint32(input.sequence);
  }
  writer.compactSize(tx.outputs.length);
  for (const output of tx.outputs) {
    writer.uint64(output.amountSats);
    writer.sized(output.script);
  }
  if (withWitness) writeWitnesses(writer, tx);
  writer.uint32(tx.lockTime);
  return writer.bytes;
}

function writeWitnesses(writer: ByteWriter, tx: TxContent): void {
  for (const { witness } of tx.inputs) {
    writer.compactSize(witness.length);
    for (const item of witness) writer.sized(item);
  }
}
