import * as duckDb from '@duckdb/node-api';
import type { Candle } from '@tidegauge/liquidations';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DuckDbStore } from '../../src/store/duckdb-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { CandleSeries, PutCounts, Store } from '../../src/store/store.ts';
import { ALWAYS, all, BTC } from './store-contract.ts';

interface Put {
  readonly kind: 'put';
  readonly rows: readonly { readonly slot: number; readonly close: number }[];
  readonly keep: boolean;
}

interface Forget {
  readonly kind: 'forget';
  readonly slot: number;
}

/** Few slots and few values, so that rows meet. */
const put: fc.Arbitrary<Put> = fc.record({
  kind: fc.constant('put'),
  rows: fc.array(
    fc.record({ slot: fc.integer({ min: 0, max: 30 }), close: fc.integer({ min: 0, max: 2 }) }),
    { maxLength: 20 },
  ),
  keep: fc.boolean(),
});
const forget: fc.Arbitrary<Forget> = fc.record({
  kind: fc.constant('forget'),
  slot: fc.integer({ min: 0, max: 31 }),
});
const history = fc.array(
  fc.oneof({ weight: 5, arbitrary: put }, { weight: 1, arbitrary: forget }),
  {
    maxLength: 12,
  },
);

function candle(slot: number, close: number): Candle {
  return { timeSec: slot * 300, open: 1, high: 2, low: 0.5, close, volume: slot };
}

/** The simplest thing that does what a store should do with candles of one series. */
class Model {
  readonly #rows: Map<number, { close: number; kept: boolean }> = new Map();

  put({ rows, keep }: Put): PutCounts {
    const counts = { added: 0, changed: 0, same: 0 };
    const winners = new Map(rows.map(({ slot, close }) => [slot, close]));
    const last = new Map(rows.map(({ slot }, i) => [slot, i]));
    for (const [i, { slot, close }] of rows.entries()) {
      const isWinner = last.get(slot) === i;
      const rival = isWinner ? this.#rows.get(slot)?.close : winners.get(slot);
      if (rival === undefined) counts.added += 1;
      else if (rival === close) counts.same += 1;
      else counts.changed += 1;
    }
    for (const [slot, close] of winners) {
      this.#rows.set(slot, { close, kept: keep || (this.#rows.get(slot)?.kept ?? false) });
    }
    return counts;
  }

  forget(before: number): number {
    const gone = [...this.#rows].filter(([slot, { kept }]) => slot < before && !kept);
    for (const [slot] of gone) this.#rows.delete(slot);
    return gone.length;
  }

  candles(): Candle[] {
    return [...this.#rows]
      .sort(([a], [b]) => a - b)
      .map(([slot, { close }]) => candle(slot, close));
  }
}

async function follow(
  store: Store,
  series: CandleSeries,
  steps: readonly (Put | Forget)[],
): Promise<void> {
  const model = new Model();
  for (const step of steps) {
    if (step.kind === 'forget') {
      expect(await store.forgetBefore(step.slot * 300)).toBe(model.forget(step.slot));
    } else {
      const rows = step.rows.map(({ slot, close }) => candle(slot, close));
      expect(await store.putCandles(series, rows, { keep: step.keep })).toEqual(model.put(step));
    }
    expect(await all(store.candles(series, ALWAYS))).toEqual(model.candles());
  }
}

describe('whatever is put and forgotten, the store does as the model does', () => {
  test('in memory', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => follow(new MemoryStore(), BTC, steps)),
      { numRuns: 500 },
    );
  });

  test('in DuckDB', async () => {
    const store = await DuckDbStore.open({ duckDb, file: null, pageRows: 7 });
    let runs = 0;
    const run = async (steps: readonly (Put | Forget)[]): Promise<void> => {
      // Kept rows of the runs before stay, so each run has a series of its own.
      runs += 1;
      await follow(store, { ...BTC, symbol: `S${runs}` }, steps);
      await store.forgetBefore(Infinity);
    };
    await fc.assert(fc.asyncProperty(history, run), { numRuns: 40 });
    await store.close();
  });
});
