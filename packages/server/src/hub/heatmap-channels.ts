import { encodeHeatmap, encodeHeatmapData } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { HeatmapFeed } from '../pipelines/heatmap-feed.ts';
import { HEATMAP_LOOK_MS } from './limits.ts';
import { type ChannelStates, type Publication, publication, stateSince } from './publication.ts';

/** The channels of /ws/heatmap: one for each symbol. */
export interface HeatmapStates extends ChannelStates {
  /** The symbols that are carried, in the order they are offered. */
  symbols(): readonly string[];
}

export interface HeatmapChannelsOptions {
  readonly feed: HeatmapFeed;
  /** A string that no other run has: sequences of this run belong to it. */
  readonly epoch: string;
  readonly clock: Clock;
}

/** The newest publication of a symbol, and what it was made from. */
interface Newest {
  readonly snapshot: unknown;
  readonly dataText: string;
  readonly publication: Publication;
  /** When the feed was last asked, monotonic ms. */
  lookedMs: number;
}

/**
 * Turns the heatmap feed into a channel for each symbol. A map is computed when somebody asks for
 * it and published when its data is not that of the last one; the time alone does not count.
 */
export class HeatmapChannels implements HeatmapStates {
  readonly epoch: string;
  readonly #options: HeatmapChannelsOptions;
  readonly #newest: Map<string, Newest> = new Map();

  constructor(options: HeatmapChannelsOptions) {
    this.#options = options;
    this.epoch = options.epoch;
  }

  symbols(): readonly string[] {
    return this.#options.feed.markets().map(({ symbol }) => symbol);
  }

  /**
   * The map of this moment, or of one at most HEATMAP_LOOK_MS ago; null for an unknown symbol and
   * before the first candle. Publishes what is new: `seq` rises by one with each change of data.
   */
  current(symbol: string): Publication | null {
    const { feed, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const newest = this.#newest.get(symbol);
    if (newest !== undefined) {
      if (nowMs - newest.lookedMs < HEATMAP_LOOK_MS) return newest.publication;
      newest.lookedMs = nowMs;
    }
    const snapshot = feed.snapshot(symbol);
    if (snapshot === null) return null;
    if (snapshot === newest?.snapshot) return newest.publication;
    const dataText = encodeHeatmapData(snapshot);
    const made =
      dataText === newest?.dataText
        ? newest.publication
        : this.#publish(symbol, (newest?.publication.seq ?? 0) + 1, snapshot.timeSec, dataText);
    this.#newest.set(symbol, { snapshot, dataText, publication: made, lookedMs: nowMs });
    return made;
  }

  since(symbol: string, seq: number): readonly Publication[] {
    return stateSince(this.current(symbol), seq);
  }

  #publish(symbol: string, seq: number, timeSec: number, dataText: string): Publication {
    const { demo } = this.#options.feed;
    const position = { symbol, epoch: this.epoch, seq, timeSec, demo };
    return publication(symbol, seq, 'whole', () => encodeHeatmap(position, dataText));
  }
}
