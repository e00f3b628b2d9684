import { asFields, asPriceUsd, asTimeSec } from '../fields.ts';
import type { HeatColumn, TimeSeries } from './heatmap-incoming.ts';
import { readLevels } from './read-levels.ts';

/**
 * Reads `GET /liquidations/heatmap-timeseries`; null when it is none. Columns that are none, or do
 * not rise in time, are left out.
 */
export function readTimeSeries(value: unknown): TimeSeries | null {
  const body = asFields(value);
  const binUsd = asPriceUsd(asFields(body?.meta)?.price_bin_size);
  if (!Array.isArray(body?.data) || (binUsd === null && body.data.length > 0)) return null;
  const columns: HeatColumn[] = [];
  for (const entry of body.data as readonly unknown[]) {
    const column = asFields(entry);
    const timeSec = asTimeSec(column?.timestamp);
    const levels = readLevels(column?.levels);
    if (timeSec === null || !levels) continue;
    if (timeSec > (columns.at(-1)?.timeSec ?? Number.NEGATIVE_INFINITY)) {
      columns.push({ timeSec, levels });
    }
  }
  return { demo: body.demo === true, binUsd, columns };
}
