import { describe, expect, it } from 'vitest';
import { Journal, type PendingRows } from '../../src/pipelines/market-journal.ts';
import { FakeClock } from '../sources/support/fake-clock.ts';
import { turns } from './market-hours.ts';

interface Row {
  readonly key: number;
  readonly value: string;
}

/** A journal of one table that keeps what is put, and fails when it is told to. */
function openJournal(rowsMax = 3) {
  const clock = new FakeClock();
  const journal = new Journal(clock);
  const put: Row[] = [];
  const table = { failing: false, gate: Promise.resolve() };
  const line: PendingRows<Row> = journal.line(
    ({ key }) => key,
    async (rows) => {
      await table.gate;
      if (table.failing) throw new Error('the disk is away');
      put.push(...rows);
    },
    rowsMax,
  );
  return { clock, journal, put, table, line };
}

const row = (key: number, value = 'first'): Row => ({ key, value });

describe('Journal', () => {
  it('stores what waits, of equal keys the newest', async () => {
    const { journal, put, line } = openJournal();
    for (const each of [row(1), row(2), row(1, 'second')]) line.add(each);
    await journal.write();
    expect(put).toEqual([row(2), row(1, 'second')]);
    expect(journal.counters()).toEqual({ stored: 2, failures: 0, dropped: 0 });
    await journal.write();
    expect(put.length).toBe(2);
  });

  it('keeps what could not be stored, leaves the store alone for 5 s, and tries again', async () => {
    const { clock, journal, put, table, line } = openJournal();
    table.failing = true;
    line.add(row(1));
    await journal.write();
    expect(journal.problem()).toBe('the store takes nothing: the disk is away (1 rows wait)');
    line.add(row(1, 'second'));
    await journal.write();
    expect(journal.counters().failures).toBe(1);
    table.failing = false;
    clock.advance(4999);
    await turns();
    expect(put).toEqual([]);
    clock.advance(1);
    await turns();
    expect(put).toEqual([row(1, 'second')]);
    expect(journal.problem()).toBeNull();
    expect(clock.timers).toBe(0);
  });

  it('gives up what has waited longest when there is no more room, and counts it', async () => {
    const { journal, put, table, line } = openJournal(3);
    table.failing = true;
    for (const key of [1, 2, 3, 4, 5]) line.add(row(key));
    await journal.write();
    expect(journal.problem()).toContain('(3 rows wait, 2 were given up)');
    table.failing = false;
    await journal.stop();
    expect(put.map(({ key }) => key)).toEqual([3, 4, 5]);
    expect(journal.counters().dropped).toBe(2);
  });

  it('stores what comes while it writes, in the same run', async () => {
    const { journal, put, table, line } = openJournal();
    let open = (): void => {};
    table.gate = new Promise((resolve) => {
      open = resolve;
    });
    line.add(row(1));
    const writing = journal.write();
    await turns();
    line.add(row(1, 'second'));
    open();
    await writing;
    expect(put).toEqual([row(1), row(1, 'second')]);
  });

  it('writes the other tables where one is refused', async () => {
    const { journal, table, line } = openJournal();
    const other: Row[] = [];
    const otherLine = journal.line<Row>(
      ({ key }) => key,
      async (rows) => other.push(...rows),
      3,
    );
    table.failing = true;
    line.add(row(1));
    otherLine.add(row(2));
    await journal.write();
    expect(other).toEqual([row(2)]);
  });

  it('has its caller wait for 2 s at most, and says nothing after the end', async () => {
    const { clock, journal, table, line } = openJournal();
    let open = (): void => {};
    table.gate = new Promise((resolve) => {
      open = resolve;
    });
    line.add(row(1));
    let resolved = false;
    void journal.write().then(() => {
      resolved = true;
    });
    clock.advance(1999);
    await turns();
    expect(resolved).toBe(false);
    clock.advance(1);
    await turns();
    expect(resolved).toBe(true);
    open();
    await journal.stop();
    line.add(row(2));
    await journal.write();
    expect(journal.counters().stored).toBe(1);
  });
});
