import type { HeatmapCounters } from '../../pipelines/heatmap-counters.ts';
import type { MetricRow } from './metric-row.ts';
import type { ServerReading } from './server-reading.ts';

/** The heatmap, and the history. Absent where no market is served. */
export const MARKET_METRICS: readonly MetricRow[] = [
  {
    kind: 'counter',
    name: 'heatmap_candles_total',
    help: 'Candles that closed and came in their order.',
    label: null,
    read: (reading) => count(reading, ({ candles }) => candles),
  },
  {
    kind: 'counter',
    name: 'heatmap_candles_missing_total',
    help: 'Candles that were missing when the next one came.',
    label: null,
    read: (reading) => count(reading, ({ missing }) => missing),
  },
  {
    kind: 'counter',
    name: 'heatmap_events_rejected_total',
    help: 'Events of the venue that changed no map, by reason.',
    label: 'reason',
    read: ({ venue }) => (venue === null ? {} : rejected(venue.counters)),
  },
  {
    kind: 'counter',
    name: 'store_rows_total',
    help: 'Rows of the markets that were stored.',
    label: null,
    read: (reading) => count(reading, ({ store }) => store.stored),
  },
  {
    kind: 'counter',
    name: 'store_failures_total',
    help: 'Attempts to store rows of the markets that failed; they are made again.',
    label: null,
    read: (reading) => count(reading, ({ store }) => store.failures),
  },
  {
    kind: 'counter',
    name: 'store_rows_dropped_total',
    help: 'Rows of the markets that were given up, because too many waited.',
    label: null,
    read: (reading) => count(reading, ({ store }) => store.dropped),
  },
  {
    kind: 'gauge',
    name: 'store_problem',
    help: '1 while something is wrong with the history (/health says what), else 0.',
    label: null,
    read: ({ store }) => (store === null ? null : Number(store.problem !== null)),
  },
];

function count(
  { venue }: ServerReading,
  read: (counters: HeatmapCounters) => number,
): number | null {
  return venue === null ? null : read(venue.counters);
}

function rejected({ tooLate, ahead, unknownSymbol, malformed }: HeatmapCounters): {
  readonly [reason: string]: number;
} {
  return {
    too_late: tooLate,
    ahead,
    unknown_symbol: unknownSymbol,
    malformed_candle: malformed.candle,
    malformed_open_interest: malformed.open_interest,
    malformed_liquidation: malformed.liquidation,
  };
}
