/** Made-up markets in a real store, for routes that read history. */
import type { Candle, OpenInterest } from '@tidegauge/liquidations';
import type { MarketView } from '../../src/http/market-view.ts';
import type { HeatmapMarket } from '../../src/pipelines/heatmap-feed.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';

/** 2026-01-05T10:00:00Z */
export const START_SEC = 1_767_607_200;
export const CANDLE_SEC = 300;

/** A market of 5 minute candles. */
export function market(symbol: string, changes: Partial<HeatmapMarket> = {}): HeatmapMarket {
  return { symbol, intervalSec: CANDLE_SEC, venues: ['demo'], bucketUsd: 100, ...changes };
}

/** The candle at an index from START_SEC on: prices swing between about 90,000 and 110,000. */
export function candleAt(index: number): Candle {
  const open = swing(index);
  const close = swing(index + 1);
  return {
    timeSec: START_SEC + index * CANDLE_SEC,
    open,
    high: Math.max(open, close) + 20,
    low: Math.min(open, close) - 20,
    close,
    volume: 100 + (index % 7),
  };
}

/** Open interest at the end of the candle of that index. */
export function openInterestAt(index: number): OpenInterest {
  return { timeSec: START_SEC + (index + 1) * CANDLE_SEC, usd: 5e9 + 1e6 * (index % 50) };
}

function swing(index: number): number {
  const waves = 6000 * Math.sin(index / 200) + 2500 * Math.sin(index / 31);
  return Math.round(100_000 + waves + 900 * Math.sin(index / 3));
}

/** A store with that many candles of each symbol and open interest at the end of each. */
export async function storeWith(symbols: readonly string[], count: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  const candles = Array.from({ length: count }, (_, index) => candleAt(index));
  const samples = candles.map((_, index) => openInterestAt(index));
  for (const symbol of symbols) {
    await store.putCandles({ symbol, intervalSec: CANDLE_SEC }, candles, { keep: true });
    await store.putOpenInterest(symbol, samples, { keep: true });
  }
  return store;
}

/** Two markets that nothing is known of, but for what is given. */
export function marketView(changes: Partial<MarketView> = {}): MarketView {
  return {
    demo: false,
    store: new MemoryStore(),
    nowSec: () => START_SEC,
    markets: () => [market('BTCUSDT'), market('ETHUSDT', { bucketUsd: null })],
    heatmap: () => null,
    candleInProgress: () => null,
    ...changes,
  };
}
