/** What /ws/heatmap speaks: the liquidation maps of any number of symbols. */
import type { HeatmapUpdate } from './api.ts';
import {
  asCount,
  asFields,
  asIsoMs,
  asList,
  asPrice,
  asText,
  type Fields,
  maybe,
} from './checks.ts';
import type { Dialect, Reading } from './dialect.ts';
import type { Body } from './update.ts';

export const heatmap: Dialect = {
  name: 'heatmap',
  subscribe: (symbol, update_interval, resume) => ({
    action: 'subscribe',
    symbols: [symbol],
    update_interval,
    resume,
  }),
  unsubscribe: (symbol) => ({ action: 'unsubscribe', symbols: [symbol] }),
  read: (message) => (message.type === 'snapshot' ? readSnapshot(message) : null),
  paths: (symbols) => symbols.map((symbol) => `api/v1/heatmap/${encodeURIComponent(symbol)}`),
};

function readSnapshot(message: Fields): Reading {
  const symbol = asText(message.symbol);
  const data = asFields(message.data);
  const body: Body<HeatmapUpdate> = {
    symbol,
    levels: asList(data.levels).map((each) => {
      const level = asFields(each);
      return {
        priceUsd: asPrice(level.price),
        longUsd: asCount(level.long_density),
        shortUsd: asCount(level.short_density),
      };
    }),
    currentPriceUsd: asPrice(data.current_price),
    bucketUsd: maybe(asPrice, data.bucket_size),
    totalLongUsd: maybe(asCount, data.total_long),
    totalShortUsd: maybe(asCount, data.total_short),
    positionsCreated: asCount(data.positions_created),
    positionsConsumed: asCount(data.positions_consumed),
    gaps: asList(data.gaps ?? []).map((each) => {
      const { what, from, to } = asFields(each);
      return {
        what: asText(what),
        fromMs: asIsoMs(from),
        toMs: asIsoMs(to),
      };
    }),
  };
  return { topic: symbol, body, asOfMs: asIsoMs(message.timestamp) };
}
