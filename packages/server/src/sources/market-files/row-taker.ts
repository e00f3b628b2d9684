import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import type {
  CandleColumns,
  LiquidationColumns,
  MarketColumns,
  OpenInterestBarColumns,
  OpenInterestColumns,
} from './market-columns.ts';
import { tellPeriod } from './period.ts';
import { PeriodGate } from './period-gate.ts';
import { PriceGate } from './price-gate.ts';
import {
  type OpenInterestBar,
  readCandle,
  readLiquidation,
  readOpenInterest,
  readOpenInterestBar,
} from './read-rows.ts';
import { RowBatches } from './row-batches.ts';

/** So many candles without any volume are no accident. */
const TRADELESS_ROWS = 20;

/** What takers have to know of the file. */
export interface TakerContext {
  readonly names: readonly string[];
  /** Length of its candles as the caller said; null: the rows tell. */
  readonly intervalSec: number | null;
  readonly nowSec: number;
  /** For messages: where the row of this number stands. */
  readonly where: (number: number) => string;
}

/** Takes rows one by one into batches. */
export interface RowTaker {
  readonly batches: Pick<RowBatches<unknown>, 'full' | 'drain' | 'refuse'>;
  take(fields: readonly string[], symbol: string, number: number): void;
  /** No more rows come. */
  end(): void;
}

/** The taker of a file whose columns are known. */
export function takerOf(columns: MarketColumns, context: TakerContext): RowTaker {
  switch (columns.kind) {
    case 'candles':
      return candleTaker(columns, context);
    case 'open_interest':
      return openInterestTaker(columns, context);
    case 'open_interest_bars':
      return openInterestBarTaker(columns, context);
    case 'liquidations':
      return liquidationTaker(columns, context);
  }
}

function candleTaker(columns: CandleColumns, context: TakerContext): RowTaker {
  const { names, intervalSec: givenSec, nowSec, where } = context;
  let intervalSec = 0;
  const batches = new RowBatches<Candle>(
    (symbol, rows) => ({ kind: 'candles', symbol, intervalSec, rows }),
    where,
  );
  const refuse = (number: number, reason: string): void => batches.refuse(number, reason);
  const periods = new PeriodGate<Candle>({
    tell: (first) => {
      checkTraded(first);
      intervalSec = tellPeriod({ timesSec: first.map(({ timeSec }) => timeSec), names, givenSec });
      return intervalSec;
    },
    pass: (candle, symbol) => batches.add(symbol, candle),
    refuse,
    nowSec,
  });
  const prices = new PriceGate<Candle>({
    rangeOf: ({ low, high }) => ({ lowUsd: low, highUsd: high }),
    lowName: 'low',
    highName: 'high',
    pass: (candle, symbol, number) => periods.take(candle, symbol, number),
    refuse,
  });
  return {
    batches,
    take: (fields, symbol, number) => {
      const candle = readCandle(fields, columns, nowSec);
      if (typeof candle === 'string') refuse(number, candle);
      else prices.take(candle, symbol, number);
    },
    end: () => {
      prices.end();
      periods.end();
    },
  };
}

/** Dumps of mark, index and premium prices look like candles; taken, they would replace real ones. */
function checkTraded(first: readonly Candle[]): void {
  if (first.length < TRADELESS_ROWS || first.some(({ volume }) => volume > 0)) return;
  throw new Error(
    `the volume of its first ${first.length} candles is 0; allowed: candles of trades, not of ` +
      'mark, index or premium prices',
  );
}

function openInterestTaker(columns: OpenInterestColumns, context: TakerContext): RowTaker {
  const batches = openInterestBatches(context);
  return {
    batches,
    take: (fields, symbol, number) => {
      const sample = readOpenInterest(fields, columns, context.nowSec);
      if (typeof sample === 'string') batches.refuse(number, sample);
      else batches.add(symbol, sample);
    },
    end: () => {},
  };
}

/**
 * A bar's close is the open interest at the end of its period. Its open is that at the beginning,
 * which counts only where no bar before it has closed: exchanges report late, so that the two
 * differ in about half of all bars, and the close is the later reading.
 */
function openInterestBarTaker(columns: OpenInterestBarColumns, context: TakerContext): RowTaker {
  const { names, nowSec } = context;
  const batches = openInterestBatches(context);
  const closedSec = new Set<number>();
  const gate = new PeriodGate<OpenInterestBar>({
    tell: (first) =>
      tellPeriod({ timesSec: first.map(({ timeSec }) => timeSec), names, givenSec: null }),
    pass: ({ timeSec, openUsd, closeUsd }, symbol, periodSec) => {
      if (!closedSec.has(timeSec)) batches.add(symbol, { timeSec, usd: openUsd });
      batches.add(symbol, { timeSec: timeSec + periodSec, usd: closeUsd });
      closedSec.add(timeSec + periodSec);
    },
    refuse: (number, reason) => batches.refuse(number, reason),
    nowSec,
  });
  return {
    batches,
    take: (fields, symbol, number) => {
      const bar = readOpenInterestBar(fields, columns, nowSec);
      if (typeof bar === 'string') batches.refuse(number, bar);
      else gate.take(bar, symbol, number);
    },
    end: () => gate.end(),
  };
}

function openInterestBatches({ where }: TakerContext): RowBatches<OpenInterest> {
  return new RowBatches((symbol, rows) => ({ kind: 'open_interest', symbol, rows }), where);
}

function liquidationTaker(columns: LiquidationColumns, context: TakerContext): RowTaker {
  const batches = new RowBatches<Liquidation>(
    (symbol, rows) => ({ kind: 'liquidations', symbol, rows }),
    context.where,
  );
  const prices = new PriceGate<Liquidation>({
    rangeOf: ({ priceUsd }) => ({ lowUsd: priceUsd, highUsd: priceUsd }),
    lowName: 'price',
    highName: 'price',
    pass: (liquidation, symbol) => batches.add(symbol, liquidation),
    refuse: (number, reason) => batches.refuse(number, reason),
  });
  return {
    batches,
    take: (fields, symbol, number) => {
      const liquidation = readLiquidation(fields, columns, context.nowSec);
      if (typeof liquidation === 'string') batches.refuse(number, liquidation);
      else prices.take(liquidation, symbol, number);
    },
    end: () => prices.end(),
  };
}
