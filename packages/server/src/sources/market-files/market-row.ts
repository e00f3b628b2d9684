import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';

/** What a file can bring. */
export type MarketRowKind = 'candles' | 'open_interest' | 'liquidations';

/** Rows of one kind and symbol, in the order of the file. */
export type MarketRows =
  | {
      readonly kind: 'candles';
      readonly symbol: string;
      readonly intervalSec: number;
      readonly rows: readonly Candle[];
    }
  | {
      readonly kind: 'open_interest';
      readonly symbol: string;
      readonly rows: readonly OpenInterest[];
    }
  | {
      readonly kind: 'liquidations';
      readonly symbol: string;
      readonly rows: readonly Liquidation[];
    };

/** A row that is not taken. */
export interface RefusedRow {
  readonly kind: 'refused';
  /** File and line, or the number of the row where there are no lines. */
  readonly where: string;
  /** The value, what is wrong with it, and what is allowed. */
  readonly reason: string;
}
