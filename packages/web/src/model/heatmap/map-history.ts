/** The columns of the map and the candles over them, as the server told them. */
import type { Candle, HeatColumn, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import { mergeByTime } from './by-time.ts';
import { slotEndSec } from './time-plan.ts';

/** What one question to the server brought. */
export interface HistoryPart {
  /** Null when there is no column. */
  readonly binUsd: number | null;
  readonly columns: readonly HeatColumn[];
  readonly candles: readonly Candle[];
}

/** A stretch of time in slots of one length. */
export class MapHistory {
  readonly intervalSec: number;
  /** Each at the end of its slot. */
  columns: readonly HeatColumn[] = [];
  /** Each at its beginning. */
  candles: readonly Candle[] = [];
  /** Height of a bucket of the columns; null without any. */
  binUsd: number | null = null;
  /** What the server has of the time between these is here: whole slots. */
  readonly fromSec: number;
  readonly toSec: number;

  constructor(intervalSec: number, fromSec: number, toSec: number) {
    this.intervalSec = intervalSec;
    this.fromSec = fromSec;
    this.toSec = toSec;
  }

  covers(fromSec: number, toSec: number): boolean {
    return this.fromSec <= fromSec && this.toSec >= toSec;
  }

  /** Another stretch of time, with what is known of it here. */
  within(fromSec: number, toSec: number): MapHistory {
    const part = new MapHistory(this.intervalSec, fromSec, toSec);
    part.columns = this.columns.filter(({ timeSec }) => timeSec > fromSec && timeSec <= toSec);
    part.candles = this.candles.filter(({ timeSec }) => timeSec >= fromSec && timeSec < toSec);
    part.binUsd = this.binUsd;
    return part;
  }

  /** What follows, or comes again. Buckets of another size cannot stand beside the old ones. */
  add({ binUsd, columns, candles }: HistoryPart): void {
    const kept = binUsd === null || binUsd === this.binUsd ? this.columns : [];
    const placed = columns.map(({ timeSec, levels }) => ({
      timeSec: slotEndSec(this, timeSec),
      levels,
    }));
    this.columns = mergeByTime(kept, oneEach(placed));
    this.candles = mergeByTime(this.candles, candles);
    this.binUsd = binUsd ?? this.binUsd;
  }

  /** The candle in progress follows the price until the server tells it whole. */
  followPrice({ timeSec, currentPriceUsd: price }: HeatSnapshot): void {
    const { intervalSec } = this;
    const last = this.candles.at(-1);
    if (!last) return;
    const openedSec = slotEndSec(this, timeSec) - intervalSec;
    if (last.timeSec > openedSec) return;
    const same = last.timeSec === openedSec;
    const follows = last.timeSec + intervalSec === openedSec;
    const open = same ? last.open : follows ? last.close : price;
    const high = Math.max(same ? last.high : open, price);
    const low = Math.min(same ? last.low : open, price);
    const candle = { timeSec: openedSec, open, high, low, close: price };
    this.candles = mergeByTime(this.candles, [candle]);
  }
}

/** A column of a slot in progress may lie in one slot with its closed self: the later one counts. */
function oneEach(columns: readonly HeatColumn[]): readonly HeatColumn[] {
  return columns.filter(({ timeSec }, i) => columns[i + 1]?.timeSec !== timeSec);
}
