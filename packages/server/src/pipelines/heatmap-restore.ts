import type { SeriesSummary, Store } from '../store/store.ts';
import {
  INTEREST_MARGIN_SEC,
  type MarketPast,
  readPast,
  warmUpFromSec,
} from './heatmap-history-past.ts';
import { HeatmapLane, type LaneOptions } from './heatmap-lane.ts';
import { Slices } from './market-slices.ts';

/** How much later than the newest candle open interest may be and still count. */
const INTEREST_AHEAD_SEC = 180 * 86_400;

export interface RestoreRequest extends Omit<LaneOptions, 'openInterestPeriodSec'> {
  readonly store: Store;
  readonly summary: SeriesSummary | null;
  /** Null: what is usual in the stored history. */
  readonly openInterestPeriodSec: number | null;
  /** Whether saved state may be used: not where files may have been taken in since. */
  readonly fromState: boolean;
  /** Nothing from after it counts, unix seconds. */
  readonly untilSec: number;
}

/** What became of a market at the start. */
export interface Restored {
  readonly lane: HeatmapLane;
  /** From saved state, from stored candles, or from nothing. */
  readonly how: 'restored' | 'rebuilt' | 'empty';
  /** Stored candles that were taken. */
  readonly candles: number;
  /** Why saved state could not be used; null when it was, or when there was none. */
  readonly stateProblem: string | null;
}

/**
 * A market as it was when the server stopped: from saved state and what was stored after it, which
 * equals a run without a break; else from stored history. Works in slices.
 *
 * @throws StoreError
 */
export async function restoreLane(request: RestoreRequest): Promise<Restored> {
  const { store, market, leverageWeights, summary, untilSec } = request;
  const series = { symbol: market.symbol, intervalSec: market.intervalSec };
  const lastSec = summary === null ? 0 : summary.lastSec + market.intervalSec;
  const endSec = Math.min(lastSec, untilSec);
  const past = await readPast(store, series, { fromSec: warmUpFromSec(endSec), toSec: endSec });
  const openInterestPeriodSec = request.openInterestPeriodSec ?? past.openInterestPeriodSec;
  const lane = new HeatmapLane({ market, leverageWeights, openInterestPeriodSec });

  const record = request.fromState ? await store.loadEngine(series) : null;
  const stateProblem = record === null ? null : lane.restore(record.state);
  // State in which nothing is settled knows nothing of the time before.
  const isRestored = stateProblem === null && lane.settledSec !== null;
  if (!isRestored) await beginAtLastPrice(request, lane, past);

  const fromSec = lane.settledSec ?? past.untilSec;
  await takeSamples(request, lane, { fromSec: fromSec - INTEREST_MARGIN_SEC, endSec });
  const slices = new Slices();
  let candles = 0;
  for await (const chunk of store.candles(series, { fromSec, toSec: endSec })) {
    for (const candle of chunk) lane.takeCandle(candle, true, untilSec);
    lane.settle();
    candles += chunk.length;
    await slices.breathe();
  }
  lane.unsaved = false;
  const how = isRestored ? 'restored' : candles > 0 ? 'rebuilt' : 'empty';
  return { lane, how, candles, stateProblem };
}

async function takeSamples(
  { store, market, untilSec }: RestoreRequest,
  lane: HeatmapLane,
  { fromSec, endSec }: { readonly fromSec: number; readonly endSec: number },
): Promise<void> {
  // The newest candle may close before its open interest comes, and is joined with it later.
  const toSec = Math.min(untilSec, endSec + INTEREST_AHEAD_SEC);
  for await (const chunk of store.openInterest(market.symbol, { fromSec, toSec })) {
    // What the state holds already changes nothing when it comes again.
    for (const sample of chunk) lane.takeOpenInterest(sample);
  }
}

/** So that buckets suit the price of now, not one of half a year ago. */
async function beginAtLastPrice(
  { store, market, summary, untilSec }: RestoreRequest,
  lane: HeatmapLane,
  past: MarketPast,
): Promise<void> {
  if (summary === null || summary.lastSec >= untilSec) return;
  const range = { fromSec: summary.lastSec, toSec: summary.lastSec + market.intervalSec };
  const series = { symbol: market.symbol, intervalSec: market.intervalSec };
  for await (const [last] of store.candles(series, range)) {
    if (last !== undefined) lane.begin(last.close, past);
  }
}
