/** The price, wired: source -> pipeline -> channels -> stream, and its history. */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { MempoolChannels } from './hub/mempool-channels.ts';
import { type PriceAudience, PriceStream } from './hub/price-stream.ts';
import type { Log } from './log.ts';
import type { PriceFeed } from './pipelines/price-feed.ts';
import type { PriceIntake } from './pipelines/price-intake.ts';
import { PriceRecorder } from './pipelines/price-recorder.ts';
import { sourceLogger } from './source-log.ts';
import type { Source } from './sources/source.ts';
import type { Store } from './store/store.ts';

export interface PriceParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly source: Source;
  /** Takes what the source brings, and is what the price is read from. */
  readonly pipeline: PriceFeed & PriceIntake;
  readonly store: Store;
  readonly channels: MempoolChannels;
  /** Those whom the price is published to; not asked before the start. */
  readonly audience: () => PriceAudience;
}

export interface PriceSide {
  readonly channels: MempoolChannels;
  readonly stream: PriceStream;
  readonly recorder: PriceRecorder;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function buildPriceChannels(
  parts: Pick<PriceParts, 'config' | 'source' | 'pipeline'> & { readonly epoch: string },
): MempoolChannels {
  const { config, source, pipeline, epoch } = parts;
  const intervalMs = config.mempoolUpdateIntervalMs;
  return new MempoolChannels({ feed: pipeline, demo: source.demo, epoch, intervalMs });
}

export function buildPriceSide(parts: PriceParts): PriceSide {
  const { config, log, clock, source, pipeline, store, channels, audience } = parts;
  const intervalMs = config.mempoolUpdateIntervalMs;
  const sourceStatus = () => source.status();
  const stream = new PriceStream({ clock, channels, audience, sourceStatus, intervalMs });
  const recorder = new PriceRecorder({ store, clock, newest: () => channels.newest });
  return {
    channels,
    stream,
    recorder,
    start: async () => {
      stream.start();
      recorder.start();
      const onFrame = pipeline.acceptFrame.bind(pipeline);
      await source.start({ onFrame, onStatus: sourceLogger(log) });
    },
    stop: async () => {
      stream.stop();
      await source.stop();
      await recorder.stop();
    },
  };
}
