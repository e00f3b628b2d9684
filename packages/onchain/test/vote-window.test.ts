import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AmountBins } from '../src/amount-bins.ts';
import { BlockVotes } from '../src/block-votes.ts';
import { decodeTx } from '../src/decode-tx.ts';
import { Tx } from '../src/tx.ts';
import { VoteWindow } from '../src/vote-window.ts';
import { encodeTx, plainInput, plainTx, txidOf } from './encode-tx.ts';

const HOUR = 3600;
const decoded = new Tx();

/** A decoded transaction that spends these outpoints (numbers stand for txids). */
function txSpending(...outpoints: number[]): Tx {
  const inputs = outpoints.map((number) =>
    plainInput({ prevTxid: txidOf(number >> 1), prevIndex: number & 1 }),
  );
  const bytes = encodeTx(plainTx({ inputs }));
  decodeTx(bytes, 0, bytes.length, decoded);
  return decoded;
}

function add(
  window: VoteWindow,
  id: number,
  timeSec: number,
  votes: [number, number],
  ...outpoints: number[]
): boolean {
  const spent = outpoints.length > 0 ? outpoints : [id * 2];
  return window.add(
    txSpending(...spent),
    txidOf(id + 1000),
    0,
    Float64Array.from(votes),
    timeSec,
    false,
  );
}

function unconfirmed(window: VoteWindow, since = 0): number[][] {
  const votes: number[][] = [];
  window.visitUnconfirmed(since, (sats, timeSec) => votes.push([sats, timeSec]) < Infinity);
  return votes;
}

function countedInBins(window: VoteWindow): number {
  return window.histogram().counts.reduce((sum, count) => sum + count, 0);
}

describe('VoteWindow', () => {
  it('counts the votes of what was added, newest first', () => {
    const window = new VoteWindow();
    add(window, 1, 100, [5000, 7000]);
    add(window, 2, 101, [0, 9000]);
    expect([window.transactions, window.votes, countedInBins(window)]).toEqual([2, 3, 3]);
    expect(unconfirmed(window)).toEqual([
      [9000, 101],
      [7000, 100],
      [5000, 100],
    ]);
  });

  it('takes a transaction once', () => {
    const window = new VoteWindow();
    expect(add(window, 1, 100, [5000, 7000])).toBe(true);
    expect(add(window, 1, 101, [5000, 7000])).toBe(false);
    expect([window.transactions, window.votes]).toEqual([1, 2]);
  });

  it('shows only what came since a sequence number, and stops when told', () => {
    const window = new VoteWindow();
    add(window, 1, 100, [5000, 0]);
    const since = window.nextSequence;
    add(window, 2, 101, [6000, 0]);
    add(window, 3, 102, [7000, 8000]);
    expect(unconfirmed(window, since).map(([sats]) => sats)).toEqual([8000, 7000, 6000]);
    const seen: number[] = [];
    window.visitUnconfirmed(0, (sats) => seen.push(sats) < 2);
    expect(seen).toEqual([8000, 7000]);
  });

  it('lets votes go when they are older than its length', () => {
    const window = new VoteWindow(3 * HOUR);
    add(window, 1, 1000, [5000, 7000]);
    add(window, 2, 1001, [5000, 0]);
    window.expire(1000 + 3 * HOUR);
    expect(window.transactions).toBe(2);
    window.expire(1000.5 + 3 * HOUR);
    expect([window.transactions, window.votes, countedInBins(window)]).toEqual([1, 1, 1]);
    window.expire(1002 + 3 * HOUR);
    expect([window.transactions, window.votes, countedInBins(window)]).toEqual([0, 0, 0]);
    expect(add(window, 1, 20_000, [5000, 7000])).toBe(true);
  });

  it('withdraws what another transaction replaces, by any of its outpoints', () => {
    const window = new VoteWindow();
    add(window, 1, 100, [5000, 7000], 1, 2);
    add(window, 2, 101, [0, 6000], 4, 5);
    add(window, 3, 102, [8000, 0], 3);
    const withdrawn: number[][] = [];
    const note = (sats: number, timeSec: number) => withdrawn.push([sats, timeSec]);
    const removed = window.withdrawConflicts(txSpending(2, 9, 5, 1), txidOf(50), 0, note);
    expect(removed).toBe(2);
    expect(withdrawn).toEqual([
      [5000, 100],
      [7000, 100],
      [6000, 101],
    ]);
    expect([window.transactions, window.votes, countedInBins(window)]).toEqual([1, 1, 1]);
    expect(unconfirmed(window)).toEqual([[8000, 102]]);
    expect(window.withdrawConflicts(txSpending(1, 2, 4), txidOf(51), 0, note)).toBe(0);
  });

  it('does not take a transaction for its own replacement', () => {
    const window = new VoteWindow();
    add(window, 1, 100, [5000, 7000], 1, 2);
    const own = txidOf(1001);
    expect(window.withdrawConflicts(txSpending(1, 2), own, 0, () => expect.unreachable())).toBe(0);
    expect(window.transactions).toBe(1);
  });

  it('keeps a confirmed transaction in the window, but out of the unconfirmed view', () => {
    const window = new VoteWindow();
    add(window, 1, 100, [5000, 7000]);
    add(window, 2, 101, [6000, 0]);
    expect(window.confirm(txidOf(1001), 0)).toBe(true);
    expect(window.confirm(txidOf(4), 0)).toBe(false);
    expect([window.transactions, window.votes]).toEqual([2, 3]);
    expect(unconfirmed(window)).toEqual([[6000, 101]]);
    window.add(txSpending(90), txidOf(90), 0, Float64Array.of(4000, 0), 102, true);
    expect(unconfirmed(window)).toEqual([[6000, 101]]);
    window.expire(1e9);
    expect([window.transactions, window.votes]).toEqual([0, 0]);
  });

  it('grows, and beyond its bound the oldest leave', () => {
    const window = new VoteWindow(3 * HOUR, 4096);
    for (let i = 0; i < 5000; i += 1) add(window, i, i / 10, [2000 + i, 0]);
    expect(window.transactions).toBe(4096);
    expect(unconfirmed(window).length).toBe(4096);
    expect(unconfirmed(window)[0]).toEqual([6999, 499.9]);
    expect(window.confirm(txidOf(1903), 0)).toBe(false);
    expect(window.confirm(txidOf(1904), 0)).toBe(true);
    // 75 bytes a transaction, and two tables with their slots.
    expect(window.memoryBytes).toBe(4096 * 74 + 2 * 8192 * 12);
  });

  it('knows every outpoint, time and vote of a transaction still after it has grown', () => {
    const window = new VoteWindow();
    const spent = [101, 102, 103, 104, 105];
    add(window, 1, 1, [5000, 7000], ...spent);
    for (let i = 200; i < 1400; i += 1) add(window, i, 2, [2000 + i, 0]);
    for (const outpoint of spent) {
      const withdrawn: number[][] = [];
      const removed = window.withdrawConflicts(
        txSpending(outpoint),
        txidOf(9000 + outpoint),
        0,
        (sats, timeSec) => withdrawn.push([sats, timeSec]),
      );
      expect(removed).toBe(1);
      expect(withdrawn).toEqual([
        [5000, 1],
        [7000, 1],
      ]);
      const left = window.withdrawConflicts(txSpending(...spent), txidOf(8000), 0, () => {});
      expect(left).toBe(0);
      add(window, 1, 1, [5000, 7000], ...spent);
      for (let i = 0; i < 1100; i += 1) add(window, outpoint * 2000 + i, 2, [2000 + i, 0]);
    }
  });

  it('tells outpoints apart by every part of them', () => {
    const window = new VoteWindow();
    const base = txidOf(5);
    const highDiffers = Uint8Array.from(base);
    highDiffers[7] = base[7]! ^ 1;
    const lowDiffers = Uint8Array.from(base);
    lowDiffers[0] = base[0]! ^ 1;
    const outpoints = [
      plainInput({ prevTxid: base, prevIndex: 0 }),
      plainInput({ prevTxid: base, prevIndex: 1 }),
      plainInput({ prevTxid: highDiffers, prevIndex: 0 }),
      plainInput({ prevTxid: lowDiffers, prevIndex: 0 }),
    ];
    for (const [i, input] of outpoints.entries()) {
      const bytes = encodeTx(plainTx({ inputs: [input] }));
      decodeTx(bytes, 0, bytes.length, decoded);
      expect(window.withdrawConflicts(decoded, txidOf(i + 50), 0, () => {})).toBe(0);
      window.add(decoded, txidOf(i + 50), 0, Float64Array.of(5000, 0), 1, false);
    }
    expect(window.transactions).toBe(4);
  });

  it('answers like a plain list, whatever comes', () => {
    const outpoints = fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 1, maxLength: 5 });
    const sats = fc.constantFrom(0, 1500, 20_345, 7_654_321);
    const step = fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'conflict', 'confirm', 'wait'),
      id: fc.nat({ max: 40 }),
      outpoints,
      votes: fc.tuple(sats, sats),
      waitSec: fc.nat({ max: HOUR }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        checkAgainstList(steps);
      }),
      { numRuns: 200 },
    );
  });
});

interface Step {
  readonly kind: string;
  readonly id: number;
  readonly outpoints: number[];
  readonly votes: [number, number];
  readonly waitSec: number;
}

interface Listed extends Step {
  readonly timeSec: number;
  confirmed: boolean;
}

function checkAgainstList(steps: readonly Step[]): void {
  const window = new VoteWindow(3 * HOUR);
  let list: Listed[] = [];
  let now = 0;
  for (const step of steps) {
    const own = list.find(({ id }) => id === step.id);
    if (step.kind === 'wait') {
      now += step.waitSec;
      window.expire(now);
      list = list.filter(({ timeSec }) => timeSec >= now - 3 * HOUR);
    } else if (step.kind === 'confirm') {
      expect(window.confirm(txidOf(step.id + 1000), 0)).toBe(own !== undefined);
      if (own) own.confirmed = true;
    } else {
      // A txid stands for its inputs, so a transaction that is there comes with the same.
      const spent = own?.outpoints ?? step.outpoints;
      const conflicts = (listed: Listed) =>
        listed !== own && listed.outpoints.some((outpoint) => spent.includes(outpoint));
      let withdrawn = 0;
      const removed = window.withdrawConflicts(
        txSpending(...spent),
        txidOf(step.id + 1000),
        0,
        (sats) => {
          withdrawn += sats;
        },
      );
      expect(removed).toBe(list.filter(conflicts).length);
      expect(withdrawn).toBe(
        list.filter(conflicts).reduce((sum, { votes: [a, b] }) => sum + a + b, 0),
      );
      list = list.filter((listed) => !conflicts(listed));
      if (step.kind === 'add') {
        expect(add(window, step.id, now, step.votes, ...spent)).toBe(own === undefined);
        if (!own) list.push({ ...step, timeSec: now, confirmed: false });
      }
    }
    const votes = list
      .flatMap(
        ({ votes: [a, b], timeSec, confirmed }) =>
          [
            [a, timeSec, confirmed],
            [b, timeSec, confirmed],
          ] as const,
      )
      .filter(([sats]) => sats !== 0);
    expect([window.transactions, window.votes, countedInBins(window)]).toEqual([
      list.length,
      votes.length,
      votes.length,
    ]);
    const shown = votes
      .filter(([, , confirmed]) => !confirmed)
      .map(([sats, timeSec]) => [sats, timeSec]);
    expect(unconfirmed(window)).toEqual(shown.toReversed());
  }
}

describe('AmountBins', () => {
  it('puts an amount between the edges around it', () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 12, noNaN: true, maxExcluded: true }), (logarithm) => {
        const sats = Math.min(Math.round(10 ** logarithm), 1e12 - 1);
        const bins = new AmountBins();
        bins.add(sats);
        const { binsBtc, counts } = bins.histogram();
        const bin = counts.indexOf(1);
        expect(Math.round(binsBtc[bin]! * 1e8)).toBeLessThanOrEqual(sats);
        expect(Math.round(binsBtc[bin + 1]! * 1e8)).toBeGreaterThan(sats);
      }),
      { numRuns: 500 },
    );
  });

  it('puts an amount at an edge above it, and the first and last amount in the first and last bin', () => {
    const edges = new AmountBins().histogram().binsBtc.map((btc) => Math.round(btc * 1e8));
    expect([edges.length, edges[0], edges.at(-1)]).toEqual([181, 1000, 1e12]);
    for (let i = 0; i < 180; i += 1) {
      const bins = new AmountBins();
      bins.add(edges[i]!);
      bins.add(edges[i + 1]! - 1);
      expect(bins.histogram().counts[i]).toBe(2);
      bins.remove(edges[i]!);
      expect(bins.histogram().counts[i]).toBe(1);
    }
  });

  it('gives a new histogram exactly when it changed', () => {
    const bins = new AmountBins();
    const before = bins.histogram();
    expect(bins.histogram()).toBe(before);
    bins.add(5000);
    expect(bins.histogram()).not.toBe(before);
    expect(before.counts.every((count) => count === 0)).toBe(true);
  });
});

describe('BlockVotes', () => {
  it('holds the votes of the last hours, newest first', () => {
    const votes = new BlockVotes(3 * HOUR);
    votes.add(0, [1001, 1002]);
    votes.add(HOUR, []);
    votes.add(3 * HOUR, [1003]);
    const shown: number[][] = [];
    votes.visitNewest((sats, timeSec) => shown.push([sats, timeSec]) < 2);
    expect([votes.votes, shown]).toEqual([
      3,
      [
        [1003, 3 * HOUR],
        [1002, 0],
      ],
    ]);
    votes.add(3 * HOUR + 1, [1004]);
    expect(votes.votes).toBe(2);
  });
});
