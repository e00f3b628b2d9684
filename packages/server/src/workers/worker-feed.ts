import { CHANNELS } from '@tidegauge/protocol';
import type { HeatmapStates } from '../hub/heatmap-channels.ts';
import type { StaleSource } from '../hub/heatmap-endpoint.ts';
import { isSameLoss, type LostSource } from '../hub/lost-source.ts';
import type { ChannelStates, Publication } from '../hub/publication.ts';
import { FollowedChannels } from './followed-channels.ts';
import type { FeedName, ToWorker, WantedChannel } from './messages.ts';
import type { OutLine } from './out-line.ts';

/**
 * Channels of the price of which every worker always has the state, so that whoever joins gets it
 * at once. The window of `transactions` is up to 360 KB at each tick: it only goes to workers with
 * subscribers.
 */
export const ALWAYS_FOLLOWED: readonly string[] = CHANNELS.filter(
  (channel) => channel !== 'transactions',
);

export interface FedStates {
  readonly price: ChannelStates;
  readonly heatmap: HeatmapStates;
}

/** What one worker is told of the price and of the maps. */
export class WorkerFeed {
  readonly #line: OutLine<ToWorker>;
  readonly #states: FedStates;
  readonly #followed: Readonly<Record<FeedName, FollowedChannels>>;
  #symbols = '';
  #stale = '';
  #lost: LostSource | null = null;

  constructor(states: FedStates, line: OutLine<ToWorker>) {
    this.#states = states;
    this.#line = line;
    this.#followed = {
      price: new FollowedChannels(states.price, ALWAYS_FOLLOWED),
      heatmap: new FollowedChannels(states.heatmap, []),
    };
    this.#send('price');
  }

  /** What was published of the price at one moment. */
  publish(batch: readonly Publication[]): void {
    this.#followed.price.put(batch);
    this.#send('price');
  }

  /** To be told at each publication, so that a worker that begins meanwhile hears of it as well. */
  tellLost(source: LostSource | null): void {
    if (isSameLoss(source, this.#lost)) return;
    this.#lost = source;
    this.#line.offer('lost_source', () => ({ kind: 'lost_source', source }));
  }

  /** Looks at the maps that the worker follows, and sends what has changed. */
  look(stale: readonly StaleSource[]): void {
    this.#tellSymbols(this.#states.heatmap.symbols());
    this.#tellStale(stale);
    this.#followed.heatmap.look();
    this.#send('heatmap');
  }

  follow(feed: FeedName, wants: readonly WantedChannel[]): void {
    this.#followed[feed].follow(wants);
    this.#send(feed);
  }

  #tellSymbols(symbols: readonly string[]): void {
    const text = symbols.join();
    if (text === this.#symbols) return;
    this.#symbols = text;
    this.#line.offer('symbols', () => ({ kind: 'symbols', symbols }));
  }

  #tellStale(sources: readonly StaleSource[]): void {
    const text = JSON.stringify(sources);
    if (text === this.#stale) return;
    this.#stale = text;
    this.#line.offer('stale_markets', () => ({ kind: 'stale_markets', sources }));
  }

  #send(feed: FeedName): void {
    const followed = this.#followed[feed];
    if (followed.isEmpty) return;
    this.#line.offer(feed, () => {
      const publications = followed.take();
      return publications.length === 0 ? null : { kind: 'publications', feed, publications };
    });
  }
}
