/**
 * Decoding and voting: bytes to votes, to txids, and what it costs to remember them.
 *
 * Each figure is a median over repeats that alternate with a reference measured in the same run:
 * for bytes a bare sum over them, for txids the bare double SHA-256 of the same lengths. Samples are
 * below a millisecond, so that the median is one during which nobody else had the core.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  Block,
  DECODE_OK,
  decodeBlock,
  decodeTx,
  NO_RULE,
  rejectingOutputRule,
  rejectingTxRule,
  Tx,
  TxidHasher,
  TxidMemory,
  VoteWindow,
} from '@tidegauge/onchain';
import { hash256 } from '../packages/server/src/pipelines/hash256.ts';
import { heldBytes } from './held-bytes.ts';

const REPEATS = 61;
/** Transactions measured at once: some 0.5 ms, short beside what the scheduler gives in one go. */
const CHUNK = 250;
const DAY_SEC = 86_400;
const folder = fileURLToPath(new URL('../../shared/data/bitcoin/', import.meta.url));
const tx = new Tx();
const block = new Block();

interface Timing {
  readonly medianMs: number;
  readonly referenceMs: number;
}

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Medians of both, run in turns so that whatever else the machine does hits both alike. */
function alternate(run: () => void, reference: () => void): Timing {
  const own: number[] = [];
  const others: number[] = [];
  for (let i = -5; i < REPEATS; i += 1) {
    const ownMs = timeMs(run);
    const otherMs = timeMs(reference);
    if (i < 0) continue;
    own.push(ownMs);
    others.push(otherMs);
  }
  return { medianMs: median(own), referenceMs: median(others) };
}

/** What the measured code computes has to go somewhere, or the compiler may leave it out. */
let sink = 0;

function sumBytes(bytes: Uint8Array): void {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 1) sum += bytes[i]!;
  sink += sum;
}

const noParent = () => false;

function vote(voting: Tx): void {
  if (rejectingTxRule(voting, noParent) !== NO_RULE) return;
  for (let i = 0; i < voting.outputCount; i += 1) {
    const sats = voting.outputSats[i]!;
    if (rejectingOutputRule(sats) === NO_RULE) sink += sats;
  }
}

function decodeAndVote(bytes: Uint8Array): void {
  if (decodeBlock(bytes, block, tx, vote) !== DECODE_OK) throw new Error('the block is malformed');
}

function benchBytes(blocks: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of blocks) {
    const { medianMs, referenceMs } = alternate(
      () => decodeAndVote(bytes),
      () => sumBytes(bytes),
    );
    const gigabytes = bytes.length / medianMs / 1e6;
    console.log(
      `${name}: ${gigabytes.toFixed(2)} GB/s decoded and voted, without txids (bar: 2); ` +
        `${(medianMs / referenceMs).toFixed(2)} of the time of a bare sum over the bytes`,
    );
  }
}

function benchTxids(transactions: readonly Uint8Array[]): void {
  const hasher = new TxidHasher(hash256);
  let [ownMs, hashingMs] = [0, 0];
  for (let at = 0; at < transactions.length; at += CHUNK) {
    const chunk = transactions.slice(at, at + CHUNK);
    const bases = chunk.map((bytes) => {
      decodeTx(bytes, 0, bytes.length, tx);
      return new Uint8Array(tx.baseBytes);
    });
    const seen = new TxidMemory(DAY_SEC);
    const timing = alternate(
      () => {
        for (const bytes of chunk) {
          if (decodeTx(bytes, 0, bytes.length, tx) !== DECODE_OK) throw new Error('malformed');
          if (!seen.add(hasher.txidOf(tx), 0, 0)) sink += 1;
          vote(tx);
        }
      },
      () => {
        for (const base of bases) sink += hash256(base)[0]!;
      },
    );
    ownMs += timing.medianMs;
    hashingMs += timing.referenceMs;
  }
  const perSecond = Math.round((transactions.length / ownMs) * 1000);
  console.log(
    `mempool and blocks, ${transactions.length} transactions: ${perSecond} tx/s decoded, hashed, ` +
      `remembered and voted (bar: 300000); ${(ownMs / hashingMs).toFixed(2)} of the time of ` +
      'the bare double SHA-256 of the same lengths',
  );
}

/** A txid as good as random in its first bytes. */
function fillTxid(txid: Uint8Array, number: number): void {
  let word = number + 1;
  for (let i = 0; i < 8; i += 1) {
    word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    txid[i] = (word ^ (word >>> 13)) >>> 8;
  }
}

async function benchWindow(inputs: number, payment: Uint8Array): Promise<void> {
  const before = await heldBytes();
  const window = new VoteWindow();
  const txid = new Uint8Array(32);
  const votesSats = Float64Array.of(0, 0);
  const bytes = new Uint8Array(36 * inputs);
  decodeTx(payment, 0, payment.length, tx);
  tx.bytes = bytes;
  tx.inputCount = inputs;
  for (let i = 0; i < 300_000; i += 1) {
    for (let input = 0; input < inputs; input += 1) {
      tx.prevoutOffsets[input] = input * 36;
      fillTxid(bytes.subarray(input * 36), i * inputs + input + 2 ** 24);
    }
    fillTxid(txid, i);
    votesSats.set([10_001 + i, 20_001 + i]);
    window.add(tx, txid, 0, votesSats, i / 30, false);
  }
  const megabytes = ((await heldBytes()) - before) / 1e6;
  console.log(
    `window of ${window.transactions} live transactions with ${inputs} input(s) each: ` +
      `${megabytes.toFixed(1)} MB held, ${(window.memoryBytes / 1e6).toFixed(1)} MB of it columns (bar: 150)`,
  );
}

async function benchMemory(): Promise<void> {
  const before = await heldBytes();
  const memory = new TxidMemory(DAY_SEC);
  const txid = new Uint8Array(32);
  for (let i = 0; i < 600_000; i += 1) {
    fillTxid(txid, i);
    memory.add(txid, 0, i / 7);
  }
  const held = (await heldBytes()) - before;
  console.log(
    `memory of ${memory.size} txids: ${(held / 1e6).toFixed(1)} MB (bar: 16), ` +
      `${(held / memory.size).toFixed(1)} bytes a txid`,
  );
}

if (existsSync(folder)) {
  const blocks = new Map(
    [300025, 413567, 702861, 866342].map((height) => [
      `block ${height}`,
      new Uint8Array(readFileSync(`${folder}block-${height}.raw`)),
    ]),
  );
  benchBytes(blocks);
  const hex = gunzipSync(readFileSync(`${folder}mempool-2024-03-14.hex.gz`)).toString('latin1');
  const transactions = hex
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => new Uint8Array(Buffer.from(line, 'hex')));
  const payment = transactions[0]!;
  for (const bytes of blocks.values()) {
    decodeBlock(bytes, block, tx, ({ coinbase, start, end }) => {
      if (!coinbase) transactions.push(bytes.slice(start, end));
    });
  }
  benchTxids(transactions);
  for (const inputs of [1, 5]) await benchWindow(inputs, payment);
} else {
  console.log('../shared/data is not there: only what needs no real data is measured');
}
await benchMemory();
if (sink === 0) throw new Error('nothing was computed');
