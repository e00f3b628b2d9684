import { DECODE_OK, decodeBlock, decodeTx, Block as OnchainBlock, Tx } from '@tidegauge/onchain';
import { Block, Transaction } from 'bitcoinjs-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { merkleRoot, plausibleHeight } from '../../src/sources/demo/blocks.ts';
import { DemoChain } from '../../src/sources/demo/demo-chain.ts';
import { PricePath } from '../../src/sources/demo/price-path.ts';
import { hash256 } from '../../src/sources/demo/tx-bytes.ts';
import type { Frame } from '../../src/sources/source.ts';

const START_SEC = 1_767_225_600;
const HOURS = 2;
const SEED = 11;

interface Event {
  readonly timeSec: number;
  readonly frames: readonly Frame[];
}

function run(seed: number, hours: number, rate = 5): Event[] {
  const chain = new DemoChain({ seed, startTimeSec: START_SEC, rate });
  const events: Event[] = [];
  while (chain.nextTimeSec < START_SEC + hours * 3600) {
    const timeSec = chain.nextTimeSec;
    events.push({ timeSec, frames: chain.step() });
  }
  return events;
}

const isBlock = (event: Event): boolean => event.frames.at(-1)?.topic === 'rawblock';
const read = (frame: Frame): Transaction => Transaction.fromBuffer(Buffer.from(frame.body));

describe('demo chain', () => {
  let events: Event[];
  let sent: { timeSec: number; tx: Transaction; bytes: Uint8Array }[];
  beforeAll(() => {
    events = run(SEED, HOURS);
    sent = events
      .filter((event) => event.frames.length === 1)
      .map(({ timeSec, frames }) => ({ timeSec, tx: read(frames[0]!), bytes: frames[0]!.body }));
  });

  it('gives the same bytes for the same seed and start, others for others', () => {
    const bodies = (seed: number): string =>
      run(seed, 0.3)
        .flatMap((event) => event.frames)
        .map((frame) => `${frame.timeSec} ${Buffer.from(frame.body).toString('base64')}`)
        .join('\n');
    expect(bodies(1)).toBe(bodies(1));
    expect(bodies(2)).not.toBe(bodies(1));
  });

  it('keeps the counters and the order of a node', () => {
    const frames = events.flatMap((event) => event.frames);
    for (const topic of ['rawtx', 'rawblock'] as const) {
      const counters = frames.filter((frame) => frame.topic === topic).map((each) => each.counter);
      expect(counters).toEqual(counters.map((_, index) => index));
    }
    for (const { timeSec, frames: own } of events) {
      for (const frame of own) expect(frame.timeSec).toBe(timeSec);
    }
    const times = events.map((event) => event.timeSec);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('comes as a Poisson process of the rate asked for', () => {
    expect(Math.abs(sent.length / (HOURS * 3600 * 5) - 1)).toBeLessThan(0.06);
    const gaps = sent.slice(1).map((each, index) => each.timeSec - sent[index]!.timeSec);
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    const square = gaps.reduce((sum, gap) => sum + gap * gap, 0) / gaps.length;
    expect(Math.abs(square / mean ** 2 - 2)).toBeLessThan(0.2);
    const blocks = events.filter(isBlock).length;
    expect(blocks).toBeGreaterThan(3);
    expect(blocks).toBeLessThan(30);
  });

  it('is read by the decoder of this product and by bitcoinjs-lib alike', () => {
    const own = new Tx();
    const ids = new Set<string>();
    for (const { tx, bytes } of sent) {
      expect(decodeTx(bytes, 0, bytes.length, own)).toBe(DECODE_OK);
      expect(own.coinbase).toBe(false);
      expect(own.inputCount).toBe(tx.ins.length);
      expect(Array.from(own.outputSats.subarray(0, own.outputCount))).toEqual(
        tx.outs.map((out) => Number(out.value)),
      );
      expect(own.weight).toBe(tx.weight());
      expect(Buffer.compare(tx.toBuffer(), bytes)).toBe(0);
      ids.add(tx.getId());
    }
    expect(ids.size).toBe(sent.length);
    expect(sent.length).toBeGreaterThan(30_000);
  });

  it('spends no output twice, except to replace', () => {
    const spenders = new Map<string, Transaction[]>();
    for (const { tx } of sent) {
      for (const { hash, index } of tx.ins) {
        const outPoint = `${Buffer.from(hash).toString('hex')}:${index}`;
        spenders.set(outPoint, [...(spenders.get(outPoint) ?? []), tx]);
      }
    }
    const conflicts = [...spenders.values()].filter((txs) => txs.length > 1);
    expect(conflicts.length).toBeGreaterThan(100);
    const held = (tx: Transaction): bigint => tx.outs.reduce((sum, out) => sum + out.value, 0n);
    for (const txs of conflicts) {
      for (const [index, next] of txs.slice(1).entries()) {
        const before = txs[index]!;
        expect(next.ins.map((input) => input.index)).toEqual(before.ins.map((each) => each.index));
        expect(next.outs.length).toBe(before.outs.length);
        // The same inputs leave less to the outputs: the fee rose.
        expect(held(next) < held(before)).toBe(true);
      }
    }
  });

  it('pays no more than it spends, where what it spends is known', () => {
    const amounts = new Map<string, bigint>();
    let known = 0;
    for (const { tx } of sent) {
      const spent = tx.ins.map(({ hash, index }) =>
        amounts.get(`${Buffer.from(hash).toString('hex')}:${index}`),
      );
      const paid = tx.outs.reduce((sum, out) => sum + out.value, 0n);
      if (spent.every((each) => each !== undefined)) {
        known++;
        expect(spent.reduce<bigint>((sum, each) => sum + each!, 0n) > paid).toBe(true);
      }
      const txid = Buffer.from(tx.getHash()).toString('hex');
      for (const [vout, out] of tx.outs.entries()) amounts.set(`${txid}:${vout}`, out.value);
    }
    // Chains of change: a real part of the traffic, not the most of it.
    expect(known / sent.length).toBeGreaterThan(0.1);
    expect(known / sent.length).toBeLessThan(0.4);
  });

  it('mines blocks that are right in everything but their work', () => {
    const own = new Tx();
    let previous: Buffer | null = null;
    let height = plausibleHeight(START_SEC);
    for (const { timeSec, frames } of events.filter(isBlock)) {
      const body = frames.at(-1)!.body;
      const block = Block.fromBuffer(Buffer.from(body));
      expect(block.checkTxRoots()).toBe(true);
      expect(block.hasWitnessCommit()).toBe(true);
      expect(block.timestamp).toBe(Math.floor(timeSec));
      if (previous !== null) expect(Buffer.compare(block.prevHash!, previous)).toBe(0);
      previous = Buffer.from(block.getHash());
      height++;
      const view = new OnchainBlock();
      const seen: number[] = [];
      expect(decodeBlock(body, view, own, (tx) => seen.push(tx.weight))).toBe(DECODE_OK);
      expect(view.height).toBe(height);
      expect(seen.length).toBe(frames.length - 1);
      const txids = block.transactions!.map((tx) => tx.getHash());
      expect(Buffer.compare(merkleRoot(txids), block.merkleRoot!)).toBe(0);
    }
    expect(previous).not.toBeNull();
  });

  it('sends the transactions of a block again, the coinbase first, then the block', () => {
    const seen = new Map<string, number>();
    const confirmed = new Set<string>();
    for (const { timeSec, frames } of events) {
      const ids = frames
        .filter((frame) => frame.topic === 'rawtx')
        .map((frame) => Buffer.from(hash256(frame.body)).toString('hex'));
      if (ids.length === 1 && frames.length === 1) {
        seen.set(ids[0]!, timeSec);
        continue;
      }
      for (const id of ids.slice(1)) {
        expect(timeSec - seen.get(id)!).toBeGreaterThanOrEqual(20);
        expect(confirmed.has(id)).toBe(false);
        confirmed.add(id);
      }
    }
    expect(confirmed.size / seen.size).toBeGreaterThan(0.4);
  });

  it('confirms parents before their children, and never what was replaced', () => {
    const confirmed = new Set<string>();
    const spent = new Set<string>();
    const ours = new Set(sent.map(({ tx }) => Buffer.from(tx.getHash()).toString('hex')));
    for (const { frames } of events.filter(isBlock)) {
      for (const frame of frames.slice(1, -1)) {
        const tx = read(frame);
        for (const { hash, index } of tx.ins) {
          const parent = Buffer.from(hash).toString('hex');
          if (ours.has(parent)) expect(confirmed.has(parent)).toBe(true);
          expect(spent.has(`${parent}:${index}`)).toBe(false);
          spent.add(`${parent}:${index}`);
        }
        confirmed.add(Buffer.from(tx.getHash()).toString('hex'));
      }
    }
  });

  it('has the mix of a real mempool', () => {
    const share = (is: (tx: Transaction) => boolean): number =>
      sent.filter(({ tx }) => is(tx)).length / sent.length;
    const hasOpReturn = (tx: Transaction): boolean => tx.outs.some((out) => out.script[0] === 0x6a);
    const witnessBytes = (tx: Transaction): number =>
      Math.max(...tx.ins.map(({ witness }) => witness.reduce((sum, item) => sum + item.length, 0)));
    const ordinary = share(
      (tx) =>
        tx.ins.length <= 5 && tx.outs.length === 2 && !hasOpReturn(tx) && witnessBytes(tx) <= 500,
    );
    expect(ordinary).toBeGreaterThan(0.25);
    expect(ordinary).toBeLessThan(0.6);
    expect(share(hasOpReturn)).toBeGreaterThan(0.03);
    expect(share((tx) => witnessBytes(tx) > 1000)).toBeGreaterThan(0.005);
    expect(share((tx) => tx.ins.length > 10 && tx.outs.length === 1)).toBeGreaterThan(0.005);
    expect(share((tx) => tx.outs.length > 5)).toBeGreaterThan(0.03);
    for (const [kind, script] of KINDS) {
      const seen = share((tx) => tx.outs.some((out) => script(out.script)));
      expect(seen, kind).toBeGreaterThan(0.01);
    }
    const vsizes = sent.map(({ tx }) => tx.virtualSize()).sort((a, b) => a - b);
    expect(vsizes[vsizes.length >> 1]).toBeGreaterThan(110);
    expect(vsizes[vsizes.length >> 1]).toBeLessThan(250);
  });

  it('pays round dollars at the price of some minutes before', () => {
    const path = new PricePath(SEED);
    const near = (offsetLog: number): number => {
      let count = 0;
      for (const { timeSec, tx } of sent) {
        const priceUsd = path.priceUsd(timeSec - 180) * Math.exp(offsetLog);
        for (const out of tx.outs) {
          const usd = (Number(out.value) / 1e8) * priceUsd;
          if ([20, 50, 100, 200, 500].some((round) => Math.abs(usd / round - 1) < 0.003)) count++;
        }
      }
      return count;
    };
    const beside = (near(-0.07) + near(0.07)) / 2;
    expect(near(0)).toBeGreaterThan(6 * beside);
    const share = (near(0) - beside) / sent.length;
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.2);
  });

  it('refuses a rate that is none', () => {
    const options = { seed: 1, startTimeSec: START_SEC, rate: 0 };
    expect(() => new DemoChain(options)).toThrow('above 0, got 0');
  });
});

const KINDS: readonly (readonly [string, (script: Uint8Array) => boolean])[] = [
  ['p2pkh', (script) => script.length === 25 && script[0] === 0x76],
  ['p2sh', (script) => script.length === 23 && script[0] === 0xa9],
  ['p2wpkh', (script) => script.length === 22 && script[0] === 0],
  ['p2wsh', (script) => script.length === 34 && script[0] === 0],
  ['p2tr', (script) => script.length === 34 && script[0] === 0x51],
];
