/** Made-up files of the known formats, and what reading one gives. */
import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import {
  type MarketFileOptions,
  readMarketFile,
} from '../../src/sources/market-files/read-market-file.ts';

/** 2026-11-20T00:00:00Z */
export const NOW_SEC = 1_795_132_800;
/** 2026-01-05T00:00:00Z, a Monday. */
export const START_SEC = 1_767_571_200;

export const KLINE_HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,' +
  'taker_buy_quote_volume,ignore';
export const METRICS_HEADER =
  'create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,' +
  'sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio';

/** Candles that go up a dollar each. */
export function candles(
  count: number,
  intervalSec: number = 300,
  startSec: number = START_SEC,
): Candle[] {
  return Array.from({ length: count }, (_, i) => ({
    timeSec: startSec + i * intervalSec,
    open: 90_000 + i,
    high: 90_002.5 + i,
    low: 89_999 + i,
    close: 90_001 + i,
    volume: 12.5 + i,
  }));
}

/** A row of a Binance dump; `unit` is how many of them make a second. */
export function klineRow(candle: Candle, intervalSec: number, unit: number = 1e3): string {
  const { timeSec, open, high, low, close, volume } = candle;
  const closeTime = (timeSec + intervalSec) * unit - 1;
  const rest = [closeTime, volume * close, 321, volume / 2, (volume * close) / 2, 0];
  return [timeSec * unit, open, high, low, close, volume, ...rest].join(',');
}

export function klines(rows: readonly Candle[], intervalSec: number = 300): string {
  return `${[KLINE_HEADER, ...rows.map((row) => klineRow(row, intervalSec))].join('\n')}\n`;
}

/** `2026-01-05 00:00:00` */
export function plainTime(timeSec: number): string {
  return new Date(timeSec * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

export interface ReadFile {
  readonly candles: Candle[];
  readonly openInterest: OpenInterest[];
  readonly liquidations: Liquidation[];
  /** Kind, symbol and interval of what came, each once. */
  readonly series: string[];
  /** Where and why, without the folder. */
  readonly refused: string[];
  /** Why it is not taken, or where it breaks off; null: it was read to its end. */
  readonly problem: string | null;
}

/** Of a file that brings nothing, without its series. */
export const NOTHING = {
  candles: [],
  openInterest: [],
  liquidations: [],
  refused: [],
  problem: null,
};

/** Everything that reading a file gives. */
export async function readAll(
  path: string,
  options: Partial<MarketFileOptions> = {},
): Promise<ReadFile> {
  const read = { candles: [], openInterest: [], liquidations: [], refused: [] } as Omit<
    ReadFile,
    'series' | 'problem'
  >;
  const series = new Set<string>();
  const given = { symbol: null, symbolIfUntold: null, intervalSec: null, expected: null };
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  let problem: string | null = null;
  try {
    for await (const item of readMarketFile(path, { ...given, nowSec: NOW_SEC, ...options })) {
      if (item.kind === 'refused') {
        read.refused.push(`${item.where.replace(folder, '')} ${item.reason}`);
        continue;
      }
      const interval = item.kind === 'candles' ? ` ${item.intervalSec}` : '';
      series.add(`${item.kind} ${item.symbol}${interval}`);
      if (item.kind === 'candles') read.candles.push(...item.rows);
      else if (item.kind === 'open_interest') read.openInterest.push(...item.rows);
      else read.liquidations.push(...item.rows);
    }
  } catch (error) {
    problem = (error as Error).message.replace(folder, '');
  }
  return { ...read, series: [...series], problem };
}
