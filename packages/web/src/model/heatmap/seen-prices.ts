/** What of the map's past lies in the stretch of time that is seen. */
import type { Candle, HeatColumn, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import { entryFrom } from './by-time.ts';
import type { MapHistory } from './map-history.ts';
import type { AtStake } from './map-range.ts';

interface Stretch {
  readonly fromSec: number;
  readonly toSec: number;
}

/** Candles of which some part is seen. */
export function seenCandles(
  { candles, intervalSec }: Pick<MapHistory, 'candles' | 'intervalSec'>,
  { fromSec, toSec }: Stretch,
): readonly Candle[] {
  return candles.slice(entryFrom(candles, fromSec - intervalSec + 1), entryFrom(candles, toSec));
}

/** Columns of which some part is seen. */
export function seenColumns(
  columns: readonly HeatColumn[],
  intervalSec: number,
  fromSec: number,
  toSec: number,
): readonly HeatColumn[] {
  return columns.slice(entryFrom(columns, fromSec + 1), entryFrom(columns, toSec + intervalSec));
}

/** What is at stake at the end of what is seen: the map of now, or the newest column of then. */
export function stakeAtEnd(
  snapshot: HeatSnapshot | null,
  columns: readonly HeatColumn[],
  candles: readonly Candle[],
  endsNow: boolean,
): AtStake | null {
  if (endsNow) return snapshot;
  const [column, candle] = [columns.at(-1), candles.at(-1)];
  return column && candle ? { levels: column.levels, currentPriceUsd: candle.close } : null;
}
