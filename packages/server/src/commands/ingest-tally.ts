import { intervalName } from '../interval-name.ts';
import type { MarketRowKind, MarketRows } from '../sources/market-files/market-row.ts';
import { TimeCensus, type TimeSummary } from '../sources/market-files/time-census.ts';
import type { PutCounts } from '../store/store.ts';

/** What became of one series of a file. */
export interface SeriesReport extends PutCounts, TimeSummary {
  readonly kind: MarketRowKind;
  readonly symbol: string;
  /** Such as 5m; null for what has no grid. */
  readonly interval: string | null;
  /** Rows taken: added, changed and same together. */
  readonly rows: number;
}

interface Series {
  readonly kind: MarketRowKind;
  readonly symbol: string;
  readonly intervalSec: number | null;
  readonly census: TimeCensus;
  rows: number;
  added: number;
  changed: number;
  same: number;
}

/** Counts what the store took of one file, series by series. */
export class IngestTally {
  readonly #series = new Map<string, Series>();
  #rows = 0;

  /** Of all series together. */
  get rows(): number {
    return this.#rows;
  }

  add(batch: MarketRows, counts: PutCounts): void {
    const series = this.#seriesOf(batch);
    series.rows += batch.rows.length;
    series.added += counts.added;
    series.changed += counts.changed;
    series.same += counts.same;
    series.census.add(batch.rows);
    this.#rows += batch.rows.length;
  }

  /** In the order in which the series came. */
  reports(): SeriesReport[] {
    return [...this.#series.values()].map(({ census, intervalSec, ...series }) => {
      const summary = census.summary(intervalSec)!;
      const interval = intervalSec === null ? null : intervalName(intervalSec);
      // Liquidations come when they come: two at one time are two, and none for hours is no gap.
      const events = series.kind === 'liquidations';
      const times = events ? { ...summary, duplicates: 0, gaps: [], missing: 0 } : summary;
      return { ...series, ...times, interval };
    });
  }

  #seriesOf(batch: MarketRows): Series {
    const { kind, symbol } = batch;
    const name = `${kind} ${symbol}`;
    const found = this.#series.get(name);
    if (found !== undefined) return found;
    const intervalSec = batch.kind === 'candles' ? batch.intervalSec : null;
    const counts = { rows: 0, added: 0, changed: 0, same: 0 };
    const series = { kind, symbol, intervalSec, census: new TimeCensus(), ...counts };
    this.#series.set(name, series);
    return series;
  }
}
