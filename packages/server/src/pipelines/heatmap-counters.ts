import type { CandleFate } from './heatmap-lane.ts';
import type { JournalCounters } from './market-journal.ts';

/** What the heatmap pipeline has done since it started; every count only rises. */
export interface HeatmapCounters {
  /** Closed candles that came in their order, the first time. */
  readonly candles: number;
  /** News of a candle in progress. */
  readonly candlesInProgress: number;
  readonly openInterest: number;
  readonly liquidations: number;
  /** Candles that were missing when the next one came; some of them may have come later. */
  readonly missing: number;
  /** Candles that came after a later one, and were missing until then. */
  readonly outOfOrder: number;
  /** Candles that came again with other values. */
  readonly corrected: number;
  /** Candles that came again and said nothing new. */
  readonly duplicates: number;
  /** Candles and open interest older than what the model can still take in; they are stored. */
  readonly tooLate: number;
  /** What made no sense, by kind of event; it changed nothing. */
  readonly malformed: Readonly<Record<EventKind, number>>;
  /** Events from after this machine's time. */
  readonly ahead: number;
  /** Events of a market that is not carried. */
  readonly unknownSymbol: number;
  /** Times that a model's state was saved, or could not be. */
  readonly saves: number;
  readonly failedSaves: number;
  readonly store: JournalCounters;
}

export type EventKind = 'candle' | 'open_interest' | 'liquidation';

const COUNTED_AS = {
  new: 'candles',
  in_progress: 'candlesInProgress',
  out_of_order: 'outOfOrder',
  corrected: 'corrected',
  unchanged: 'duplicates',
  too_late: 'tooLate',
} as const;

/** The counters while they count. */
export class HeatmapTally {
  readonly counts: Record<keyof Omit<HeatmapCounters, 'malformed' | 'store'>, number> = {
    candles: 0,
    candlesInProgress: 0,
    openInterest: 0,
    liquidations: 0,
    missing: 0,
    outOfOrder: 0,
    corrected: 0,
    duplicates: 0,
    tooLate: 0,
    ahead: 0,
    unknownSymbol: 0,
    saves: 0,
    failedSaves: 0,
  };
  readonly malformed: Record<EventKind, number> = { candle: 0, open_interest: 0, liquidation: 0 };

  addCandle(fate: CandleFate): void {
    if (fate === 'malformed') this.malformed.candle += 1;
    else this.counts[COUNTED_AS[fate]] += 1;
  }

  read(store: JournalCounters): HeatmapCounters {
    return { ...this.counts, malformed: { ...this.malformed }, store };
  }
}
