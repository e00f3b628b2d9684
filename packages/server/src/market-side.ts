/** The liquidation maps, wired: venue -> pipeline (store, model) -> channels. */
import type { LeverageWeights } from '@tidegauge/liquidations';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { VenueView } from './http/health.ts';
import type { MarketView } from './http/market-view.ts';
import { HeatmapChannels } from './hub/heatmap-channels.ts';
import type { StaleSource } from './hub/heatmap-endpoint.ts';
import type { Log } from './log.ts';
import { HeatmapPipeline, type LaneStart } from './pipelines/heatmap-pipeline.ts';
import { sourceLogger } from './source-log.ts';
import type { Venue } from './sources/venue.ts';
import type { Store } from './store/store.ts';

export interface MarketParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly epoch: string;
  readonly venue: Venue;
  readonly store: Store;
  /** Instead of the learned mix; null: that one. */
  readonly leverageWeights: LeverageWeights | null;
}

export interface MarketSide {
  readonly channels: HeatmapChannels;
  /** The sources that are stale at a time, unix seconds. */
  readonly staleSources: (nowSec: number) => readonly StaleSource[];
  readonly view: MarketView;
  health(): VenueView;
  /** Begins to read the history, and then the venue's; resolves once both are there. */
  start(): Promise<void>;
  /** Resolves once no event follows and what came is stored. */
  stop(): Promise<void>;
}

export function buildMarketSide(parts: MarketParts): MarketSide {
  const { log, clock, epoch, venue } = parts;
  const pipeline = buildPipeline(parts);
  const channels = new HeatmapChannels({ feed: pipeline, epoch, clock });
  let stopped = false;
  let started: Promise<void> = Promise.resolve();

  const start = async (): Promise<void> => {
    const lanes = await pipeline.start();
    if (stopped) return;
    for (const lane of lanes) logStart(log, lane);
    await venue.start(pipeline);
  };

  return {
    channels,
    staleSources: (nowSec) => pipeline.staleSources(nowSec),
    view: buildView(parts, channels, pipeline),
    health: () => ({
      demo: venue.demo,
      status: venue.status(),
      counters: pipeline.counters(),
      problem: pipeline.problem(clock.nowSec()),
    }),
    start: () => {
      started = start();
      // Whoever waits for it may have gone on by then: an error is to end the server all the same.
      void started.then(() => {});
      return started;
    },
    stop: async () => {
      stopped = true;
      await venue.stop();
      await pipeline.stop();
      await started;
    },
  };
}

function buildPipeline(parts: MarketParts): HeatmapPipeline {
  const live = parts.config.venues !== 'files';
  return new HeatmapPipeline({ ...parts, live, onStatus: sourceLogger(parts.log) });
}

function buildView(
  { clock, venue, store }: MarketParts,
  channels: HeatmapChannels,
  pipeline: HeatmapPipeline,
): MarketView {
  return {
    demo: venue.demo,
    store,
    nowSec: () => clock.nowSec(),
    markets: () => pipeline.markets(),
    heatmap: (symbol) => channels.current(symbol)?.bytes ?? null,
    candleInProgress: (symbol) => pipeline.candleInProgress(symbol),
  };
}

/** How a market began: from saved state, from its stored candles or with nothing. */
function logStart(log: Log, { symbol, how, candles, stateProblem, problem }: LaneStart): void {
  const fields = { event: 'heatmap_start', symbol, how, candles };
  if (problem !== null) log.error(fields, `heatmap of ${symbol}: ${problem}`);
  else if (stateProblem !== null) {
    log.warn(fields, `heatmap of ${symbol}: computed anew from its history, as ${stateProblem}`);
  } else if (how !== 'empty') {
    log.info(fields, `heatmap of ${symbol}: ${candles} candles from the history`);
  }
}
