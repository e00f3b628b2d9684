import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FingerprintTable } from '../src/fingerprint-table.ts';
import { TxidMemory } from '../src/txid-memory.ts';
import { littleEndian, txidOf } from './encode-tx.ts';

const DAY = 86_400;
const noon = 1_700_000_000 - (1_700_000_000 % DAY) + DAY / 2;

/** A txid as random as a real one in its first bytes, the same for the same number. */
function scattered(number: number): Uint8Array {
  const txid = new Uint8Array(32);
  let word = number + 1;
  for (let i = 0; i < 8; i += 1) {
    word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    txid[i] = (word ^ (word >>> 13)) >>> 8;
  }
  return txid;
}

describe('TxidMemory', () => {
  it('knows a txid from the first time on until a day has passed', () => {
    const memory = new TxidMemory(DAY);
    expect(memory.add(txidOf(1), 0, noon)).toBe(true);
    expect(memory.add(txidOf(1), 0, noon + DAY)).toBe(false);
    expect(memory.seenSince(txidOf(1), 0, noon)).toBe(true);
    expect(memory.seenSince(txidOf(2), 0, noon)).toBe(false);
    expect(memory.add(txidOf(1), 0, noon + DAY + 60)).toBe(true);
    expect(memory.add(txidOf(1), 0, noon + DAY + 60)).toBe(false);
  });

  it('reads the txid where it stands among other bytes', () => {
    const memory = new TxidMemory(DAY);
    memory.add(Uint8Array.from([1, 2, 3, ...txidOf(1)]), 3, noon);
    expect(memory.seenSince(txidOf(1), 0, noon)).toBe(true);
  });

  it('answers since when, to the minute, so that midnight parts two days', () => {
    const memory = new TxidMemory(DAY);
    const midnight = noon + DAY / 2;
    memory.add(txidOf(1), 0, midnight - 1);
    memory.add(txidOf(2), 0, midnight);
    expect(memory.seenSince(txidOf(1), 0, midnight)).toBe(false);
    expect(memory.seenSince(txidOf(2), 0, midnight)).toBe(true);
    expect(memory.seenSince(txidOf(1), 0, midnight - 60)).toBe(true);
  });

  it('takes times out of order', () => {
    const memory = new TxidMemory(DAY);
    memory.add(txidOf(1), 0, noon + 3600);
    memory.add(txidOf(2), 0, noon);
    expect(memory.seenSince(txidOf(1), 0, noon + 3600)).toBe(true);
    expect(memory.seenSince(txidOf(2), 0, noon + 3600)).toBe(false);
    expect(memory.add(txidOf(2), 0, noon + 3600)).toBe(false);
  });

  it('does not take an old entry for a new one after 2^16 minutes', () => {
    for (const silence of [0x10000, 0x10000 + 5, 0x20000]) {
      const memory = new TxidMemory(DAY);
      memory.add(txidOf(1), 0, noon);
      expect(memory.add(txidOf(2), 0, noon + silence * 60)).toBe(true);
      expect(memory.seenSince(txidOf(1), 0, noon)).toBe(false);
    }
  });

  it('answers like a plain map, whatever comes', () => {
    const step = fc.record({
      id: fc.nat({ max: 60 }),
      minutes: fc.integer({ min: -30, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const memory = new TxidMemory(DAY);
        const model = new Map<number, number>();
        let [time, now] = [noon, 0];
        for (const { id, minutes } of steps) {
          time += minutes * 60;
          now = Math.max(now, time);
          const seen = model.get(id);
          const isNew = seen === undefined || now - seen > DAY;
          if (isNew) model.set(id, time);
          expect(memory.add(txidOf(id), 0, time)).toBe(isNew);
          const since = now - DAY / 2;
          expect(memory.seenSince(txidOf(id), 0, since)).toBe(model.get(id)! >= since);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lets go of what expired while it is used, so a steady stream needs steady memory', () => {
    const memory = new TxidMemory(DAY);
    const perDay = 20_000;
    for (let i = 0; i < perDay * 10; i += 1) memory.add(scattered(i), 0, noon + (i / perDay) * DAY);
    expect(memory.size).toBeGreaterThanOrEqual(perDay);
    expect(memory.size).toBeLessThan(perDay * 1.1);
    expect(memory.memoryBytes).toBe(32_768 * 10);
  });

  it('needs at most 16 MB for 600,000 txids', () => {
    const memory = new TxidMemory(DAY);
    for (let i = 0; i < 600_000; i += 1) memory.add(scattered(i), 0, noon + i / 10);
    expect(memory.size).toBe(600_000);
    expect(memory.memoryBytes).toBeLessThanOrEqual(16e6);
  });

  it('forgets the oldest early rather than grow beyond its bound', () => {
    const memory = new TxidMemory(DAY, 4096);
    for (let i = 0; i < 20_000; i += 1) {
      expect(memory.add(scattered(i), 0, noon + i)).toBe(true);
      expect(memory.seenSince(scattered(i), 0, noon)).toBe(true);
    }
    expect(memory.memoryBytes).toBe(4096 * 10);
    expect(memory.seenSince(scattered(19_000), 0, noon)).toBe(true);
    expect(memory.seenSince(scattered(10), 0, noon)).toBe(false);
  });

  it('keeps its bound even when everything comes at once', () => {
    const memory = new TxidMemory(DAY, 1024);
    for (let i = 0; i < 5000; i += 1) expect(memory.add(scattered(i), 0, noon)).toBe(true);
    expect(memory.memoryBytes).toBe(1024 * 10);
  });
});

describe('FingerprintTable', () => {
  it('answers like a plain map through insertions, removals and growth', () => {
    // Few distinct low words, so that probes run into each other and around the end.
    const low = fc.constantFrom(0, 1, 2, 1021, 1022, 1023, 2047, 0xffffffff);
    const step = fc.record({ low, high: fc.integer({ min: 1, max: 12 }), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const table = new FingerprintTable((length) => new Int32Array(length));
        const model = new Map<string, number>();
        steps.forEach(({ low: word, high, remove }, i) => {
          const slot = table.find(word, high);
          expect(slot >= 0).toBe(model.has(`${word}:${high}`));
          if (slot < 0) {
            table.insert(word, high, i);
            model.set(`${word}:${high}`, i);
          } else if (remove) {
            table.removeAt(slot);
            model.delete(`${word}:${high}`);
          }
          for (const [key, value] of model) {
            const [l, h] = key.split(':').map(Number) as [number, number];
            expect(table.valueAt(table.find(l, h))).toBe(value);
          }
        });
        expect(table.size).toBe(model.size);
      }),
      { numRuns: 60 },
    );
  });

  it('doubles when three quarters are taken, and keeps what it holds', () => {
    const table = new FingerprintTable((length) => new Int32Array(length));
    for (let i = 0; i < 768; i += 1) table.insert(i * 7, 1, i);
    expect([table.capacity, table.full]).toEqual([1024, true]);
    table.insert(5376, 1, 768);
    expect([table.capacity, table.full]).toEqual([2048, false]);
    for (let i = 0; i <= 768; i += 1) expect(table.valueAt(table.find(i * 7, 1))).toBe(i);
    table.clear();
    expect([table.size, table.find(7, 1)]).toEqual([0, -1]);
  });
});

it('keeps apart txids and outpoints that agree in one word', () => {
  const memory = new TxidMemory(DAY);
  const base = txidOf(5);
  const sameLow = Uint8Array.from([
    ...base.subarray(0, 4),
    ...littleEndian(99, 4),
    ...base.subarray(8),
  ]);
  const zeroHigh = Uint8Array.from([...base.subarray(0, 4), ...new Uint8Array(28)]);
  for (const txid of [base, sameLow, zeroHigh]) expect(memory.add(txid, 0, noon)).toBe(true);
  for (const txid of [base, sameLow, zeroHigh]) expect(memory.add(txid, 0, noon)).toBe(false);
});
