import type { Candle } from '@tidegauge/liquidations';
import type { CandleSeries } from '../../src/store/store.ts';

export const SERIES: CandleSeries = { symbol: 'BTCUSDT', intervalSec: 60 };

/** Candles whose values tell their number, and which hardly compress. */
export function numberedCandles(from: number, count: number): Candle[] {
  return Array.from({ length: count }, (_, i) => numberedCandle(from + i));
}

export function numberedCandle(number: number): Candle {
  return {
    timeSec: number * 60,
    open: Math.sin(number),
    high: Math.sin(number + 0.1),
    low: Math.sin(number + 0.2),
    close: Math.sin(number + 0.3),
    volume: number,
  };
}

/** The place of the first candle that is not what its number says, -1 if there is none. */
export function firstWrong(candles: readonly Candle[]): number {
  return candles.findIndex((candle, i) => {
    const right = numberedCandle(i);
    return (
      candle.timeSec !== right.timeSec ||
      candle.open !== right.open ||
      candle.high !== right.high ||
      candle.low !== right.low ||
      candle.close !== right.close ||
      candle.volume !== right.volume
    );
  });
}
