/** The columns of the map and the candles over them, as the server told them. */
import type { Candle, HeatColumn, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import { mergeByTime } from './by-time.ts';
import { slotEndSec, type TimePlan } from './time-plan.ts';

/** What one question to the server brought. */
export interface HistoryPart {
  /** Null when there is no column. */
  readonly binUsd: number | null;
  readonly columns: readonly HeatColumn[];
  readonly candles: readonly Candle[];
}

export class MapHistory {
  /** Each at the end of its slot. */
  columns: readonly HeatColumn[] = [];
  /** Each at its beginning. */
  candles: readonly Candle[] = [];
  /** Height of a bucket of the columns; null without any. */
  binUsd: number | null = null;
  /** Changes whenever the content does. */
  version = 0;

  get isEmpty(): boolean {
    return this.columns.length === 0 && this.candles.length === 0;
  }

  clear(): void {
    this.columns = [];
    this.candles = [];
    this.binUsd = null;
    this.version += 1;
  }

  replace(part: HistoryPart, plan: TimePlan): void {
    this.clear();
    this.add(part, plan);
  }

  /** What follows, or comes again. Buckets of another size cannot stand beside the old ones. */
  add({ binUsd, columns, candles }: HistoryPart, plan: TimePlan): void {
    const kept = binUsd === null || binUsd === this.binUsd ? this.columns : [];
    const placed = columns.map(({ timeSec, levels }) => ({
      timeSec: slotEndSec(plan, timeSec),
      levels,
    }));
    this.columns = mergeByTime(kept, oneEach(placed));
    this.candles = mergeByTime(this.candles, candles);
    this.binUsd = binUsd ?? this.binUsd;
    this.version += 1;
  }

  /** The candle in progress follows the price until the server tells it whole. */
  followPrice({ timeSec, currentPriceUsd: price }: HeatSnapshot, plan: TimePlan): void {
    const { intervalSec } = plan;
    const last = this.candles.at(-1);
    if (!last) return;
    const openedSec = slotEndSec(plan, timeSec) - intervalSec;
    if (last.timeSec > openedSec) return;
    const same = last.timeSec === openedSec;
    const follows = last.timeSec + intervalSec === openedSec;
    const open = same ? last.open : follows ? last.close : price;
    const high = Math.max(same ? last.high : open, price);
    const low = Math.min(same ? last.low : open, price);
    const candle = { timeSec: openedSec, open, high, low, close: price };
    this.candles = mergeByTime(this.candles, [candle]);
    this.version += 1;
  }

  dropBefore(timeSec: number): void {
    const isOld = (entry: { readonly timeSec: number }): boolean => entry.timeSec < timeSec;
    if (!this.columns.some(isOld) && !this.candles.some(isOld)) return;
    this.columns = this.columns.filter((column) => !isOld(column));
    this.candles = this.candles.filter((candle) => !isOld(candle));
    this.version += 1;
  }
}

/** A column of a slot in progress may lie in one slot with its closed self: the later one counts. */
function oneEach(columns: readonly HeatColumn[]): readonly HeatColumn[] {
  return columns.filter(({ timeSec }, i) => columns[i + 1]?.timeSec !== timeSec);
}
