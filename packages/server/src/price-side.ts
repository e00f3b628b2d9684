/** The price, wired: source -> pipeline -> channels -> endpoint, and its history. */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { helloMessage } from './hello.ts';
import type { Broadcaster } from './hub/endpoint.ts';
import { MempoolChannels } from './hub/mempool-channels.ts';
import { MempoolEndpoint } from './hub/mempool-endpoint.ts';
import { PriceStream } from './hub/price-stream.ts';
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
  readonly epoch: string;
  readonly source: Source;
  /** Takes what the source brings, and is what the price is read from. */
  readonly pipeline: PriceFeed & PriceIntake;
  readonly store: Store;
  readonly broadcaster: Broadcaster;
}

export interface PriceSide {
  readonly channels: MempoolChannels;
  readonly endpoint: MempoolEndpoint;
  readonly stream: PriceStream;
  readonly recorder: PriceRecorder;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function buildPriceSide(parts: PriceParts): PriceSide {
  const { config, log, clock, epoch, source, pipeline, store, broadcaster } = parts;
  const intervalMs = config.mempoolUpdateIntervalMs;
  const channels = new MempoolChannels({ feed: pipeline, demo: source.demo, epoch, intervalMs });
  const hello = (): string =>
    helloMessage(config, {
      epoch,
      timeSec: clock.nowSec(),
      demo: source.demo,
      updateIntervalMs: intervalMs,
    });
  const endpoint = new MempoolEndpoint({ states: channels, hello, broadcaster });
  const sourceStatus = () => source.status();
  const stream = new PriceStream({ clock, channels, endpoint, sourceStatus, intervalMs });
  const recorder = new PriceRecorder({ store, clock, newest: () => channels.newest });
  return {
    channels,
    endpoint,
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
