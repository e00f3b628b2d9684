import type { PricePoint } from '@tidegauge/onchain';
import {
  HeatmapChannels,
  type HeatmapChannelsOptions,
} from '../../packages/server/src/hub/heatmap-channels.ts';
import { WINDOW_POINTS_MAX } from '../../packages/server/src/hub/limits.ts';
import {
  MempoolChannels,
  type MempoolChannelsOptions,
} from '../../packages/server/src/hub/mempool-channels.ts';
import type { Publication } from '../../packages/server/src/hub/publication.ts';
import type { PriceFeed } from '../../packages/server/src/pipelines/price-feed.ts';
import { digestOfMessage, digestOfPoints, type WholeMessage } from './digest.ts';
import type { Published } from './history.ts';

const SATS_PER_BTC = 100_000_000;

/** Everything that was published, of one server run after the other. */
export class PublicationLog {
  readonly published: Published[] = [];
  readonly #byChannel: Map<string, Published[]> = new Map();
  readonly #known: WeakSet<Publication> = new WeakSet();
  readonly #nowMs: () => number;

  /** @param nowMs the clock of the run */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** When what follows a position was published; null while it is the newest. */
  followedMs(channel: string, epoch: string | null, seq: number): number | null {
    const all = this.#byChannel.get(channel) ?? [];
    const index = all.findLastIndex((each) => each.epoch === epoch && each.seq === seq);
    return all[index + 1]?.atMs ?? null;
  }

  /** Notes a publication that says everything of its channel. */
  noteWhole(publication: Publication, epoch: string): void {
    if (this.#known.has(publication)) return;
    this.#known.add(publication);
    const message = JSON.parse(publication.bytes.toString()) as WholeMessage;
    this.#add(publication, epoch, digestOfMessage(message));
  }

  /** Notes one of `transactions`, with the window that the feed has by now. */
  noteWindow(publication: Publication, epoch: string, feed: PriceFeed): void {
    this.#add(publication, epoch, digestOfPoints(feed.points(WINDOW_POINTS_MAX).map(asGiven)));
  }

  #add({ channel, seq }: Publication, epoch: string, digest: string): void {
    const published = { channel, epoch, seq, digest, atMs: this.#nowMs() };
    this.published.push(published);
    const all = this.#byChannel.get(channel) ?? [];
    this.#byChannel.set(channel, all);
    all.push(published);
  }
}

/** The channels of the price, each publication in the log but those of `full`. */
export class LoggedMempoolChannels extends MempoolChannels {
  readonly #feed: PriceFeed;
  readonly #log: PublicationLog;

  constructor(options: MempoolChannelsOptions, log: PublicationLog) {
    super(options);
    this.#feed = options.feed;
    this.#log = log;
  }

  override tick(timeSec: number, uptimeSec: number, stale: boolean): readonly Publication[] {
    const batch = super.tick(timeSec, uptimeSec, stale);
    for (const each of batch) {
      if (each.channel === 'transactions') this.#log.noteWindow(each, this.epoch, this.#feed);
      else if (each.channel !== 'full') this.#log.noteWhole(each, this.epoch);
    }
    return batch;
  }
}

/** The channels of the maps, each publication in the log. */
export class LoggedHeatmapChannels extends HeatmapChannels {
  readonly #log: PublicationLog;

  constructor(options: HeatmapChannelsOptions, log: PublicationLog) {
    super(options);
    this.#log = log;
  }

  override current(symbol: string): Publication | null {
    const publication = super.current(symbol);
    if (publication !== null) this.#log.noteWhole(publication, this.epoch);
    return publication;
  }
}

/** In the terms of the wire: what a message rounds is round already in these feeds. */
function asGiven({ timeSec, priceUsd, amountSats }: PricePoint): {
  readonly timeMs: number;
  readonly priceUsd: number;
  readonly amountBtc: number;
} {
  return { timeMs: timeSec * 1000, priceUsd, amountBtc: amountSats / SATS_PER_BTC };
}
