/** Candles, open interest and the liquidations that happened, from the folder futures/. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Candle, OpenInterest } from '../../packages/liquidations/src/candle.ts';

const WINDOW_SEC = 4 * 3_600;

/** What really was liquidated in one window of four hours. */
export interface Window {
  readonly timeSec: number;
  readonly longUsd: number;
  readonly shortUsd: number;
}

export interface MarketHistory {
  readonly candles: readonly Candle[];
  readonly openInterest: readonly OpenInterest[];
  readonly windows: readonly Window[];
}

export const CANDLE_SEC = 3_600;
export const OPEN_INTEREST_SEC = 4 * 3_600;

function readRows(file: string): number[][] {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [time, ...values] = line.split(',');
    return [Date.parse(`${time}Z`) / 1_000, ...values.map(Number)];
  });
}

/** The window that a moment lies in. */
export function windowStart(timeSec: number): number {
  return Math.floor(timeSec / WINDOW_SEC) * WINDOW_SEC;
}

/**
 * BTC: hourly candles of a spot market since 2021, open interest and liquidations of four hours.
 * A row of open interest begins with what it was at its time; the last one also tells its end.
 */
export function readHistory(dataDir: string): MarketHistory {
  const file = (name: string): string => path.join(dataDir, 'futures', name);
  const candles = readRows(file('BTCUSDT-1h-2021-2026.csv')).map(
    ([timeSec, open, high, low, close, volume]) => ({ timeSec, open, high, low, close, volume }),
  ) as Candle[];
  const bars = readRows(file('BTC-open-interest-4h.csv'));
  const openInterest = bars.map(([timeSec, open]) => ({ timeSec: timeSec!, usd: open! }));
  const [lastSec, , , , close] = bars.at(-1)!;
  openInterest.push({ timeSec: lastSec! + OPEN_INTEREST_SEC, usd: close! });
  const windows = readRows(file('BTC-liquidations-4h.csv')).map(([timeSec, longUsd, shortUsd]) => ({
    timeSec: timeSec!,
    longUsd: longUsd!,
    shortUsd: shortUsd!,
  }));
  return { candles, openInterest, windows };
}
