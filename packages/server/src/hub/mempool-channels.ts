import type { AmountHistogram, ConfirmedView, PricePoint } from '@tidegauge/onchain';
import {
  type Channel,
  encodeConfirmed,
  encodeHistogram,
  encodePriceOnly,
  encodePriceUpdate,
  encodeTransactions,
  HISTOGRAM_INTERVAL_MS,
  POINTS_PER_MESSAGE_MAX,
  type Reading,
  type ReadingStats,
} from '@tidegauge/protocol';
import type { PriceFeed } from '../pipelines/price-feed.ts';
import { DeltaLog } from './delta-log.ts';
import { RESUME_DELTAS_MAX, WINDOW_POINTS_MAX } from './limits.ts';
import { type ChannelStates, type Publication, publication, stateSince } from './publication.ts';
import { type StandingReading, staleReading } from './stale-reading.ts';

export interface MempoolChannelsOptions {
  readonly feed: PriceFeed;
  readonly demo: boolean;
  /** A string that no other run has: sequences of this run belong to it. */
  readonly epoch: string;
  readonly intervalMs: number;
}

/** What was published last, for those who poll. */
export interface PriceState {
  readonly timeSec: number;
  readonly reading: Reading;
  readonly stats: ReadingStats;
  readonly confirmed: ConfirmedView | null;
}

/** Turns the price feed into the five channels of /ws/mempool, one `tick` each interval. */
export class MempoolChannels implements ChannelStates {
  readonly epoch: string;
  readonly #options: MempoolChannelsOptions;
  readonly #histogramTicks: number;
  readonly #current: Map<string, Publication> = new Map();
  readonly #seqs: Map<Channel, number> = new Map();
  readonly #deltas: DeltaLog = new DeltaLog(RESUME_DELTAS_MAX);
  #ticks = 0;
  #window: readonly PricePoint[] = [];
  #histogram: AmountHistogram | null = null;
  #histogramDueTick = 0;
  #lastStanding: StandingReading | null = null;
  #newest: PriceState | null = null;

  constructor(options: MempoolChannelsOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.#histogramTicks = Math.ceil(HISTOGRAM_INTERVAL_MS / options.intervalMs);
  }

  /** Null before the first tick. */
  get newest(): PriceState | null {
    return this.#newest;
  }

  current(channel: string): Publication | null {
    return this.#current.get(channel) ?? null;
  }

  since(channel: string, seq: number): readonly Publication[] {
    const state = stateSince(this.current(channel), seq);
    if (channel !== 'transactions' || state.length === 0) return state;
    return this.#deltas.since(seq) ?? state;
  }

  /**
   * Reads the feed and makes the publications that are due.
   * @param stale whether the source counts as lost
   */
  tick(timeSec: number, uptimeSec: number, stale: boolean): readonly Publication[] {
    const { feed } = this.#options;
    const confirmedBefore = this.#newest?.confirmed ?? null;
    this.#newest = {
      timeSec,
      reading: this.#read(timeSec, stale),
      stats: { ...feed.stats(), uptimeSec },
      confirmed: feed.confirmed(),
    };
    // Read at one moment, so that the window holds the same outputs as the deltas up to here (an
    // older delta may have read one at another round amount: it is not sent again).
    const fresh = feed.takeNewPoints();
    this.#window = feed.points(WINDOW_POINTS_MAX);
    const transactions = this.#publishTransactions(fresh);
    for (const each of transactions) this.#deltas.add(each);
    const batch = [...this.#publishPrice(this.#newest), ...transactions];
    if (this.#ticks >= this.#histogramDueTick) batch.push(...this.#publishHistogram(timeSec));
    const { confirmed } = this.#newest;
    if (confirmed !== null && confirmed !== confirmedBefore) {
      batch.push(this.#whole('confirmed', (position) => encodeConfirmed(position, confirmed)));
    }
    this.#ticks++;
    return batch;
  }

  #read(timeSec: number, stale: boolean): Reading {
    const estimate = this.#options.feed.estimate(timeSec);
    const reading: Reading = stale ? staleReading(estimate, this.#lastStanding) : estimate;
    // A stale one too: when the model gives up, what is shown must not look surer than just before.
    if (reading.priceUsd !== null) this.#lastStanding = { asOfSec: timeSec, ...reading };
    return reading;
  }

  #publishPrice({ timeSec, reading, stats }: PriceState): Publication[] {
    const points = this.#window.slice(-POINTS_PER_MESSAGE_MAX);
    return [
      this.#whole('full', (position) =>
        encodePriceUpdate(position, timeSec, reading, points, stats),
      ),
      this.#whole('price', (position) => encodePriceOnly(position, timeSec, reading)),
    ];
  }

  /**
   * The first time the window, empty or not; then what is new, when something is. When that is
   * more than the window holds (many points at once with the first price), the window again.
   */
  #publishTransactions(fresh: readonly PricePoint[]): Publication[] {
    const first = !this.#current.has('transactions');
    if (!first && fresh.length === 0) return [];
    const window = this.#window;
    const whole = this.#whole('transactions', (position) =>
      encodeTransactions(position, window, this.epoch),
    );
    if (first || fresh.length > window.length) return [whole];
    const position = { seq: whole.seq, demo: this.#options.demo };
    return [
      publication('transactions', whole.seq, 'delta', () =>
        encodeTransactions(position, fresh, null),
      ),
    ];
  }

  #publishHistogram(timeSec: number): Publication[] {
    const histogram = this.#options.feed.histogram();
    if (this.#histogram !== null && sameHistogram(histogram, this.#histogram)) return [];
    this.#histogram = histogram;
    this.#histogramDueTick = this.#ticks + this.#histogramTicks;
    return [this.#whole('histogram', (position) => encodeHistogram(position, timeSec, histogram))];
  }

  /** The next publication of a channel, which from now on is its current state. */
  #whole(
    channel: Channel,
    encode: (position: { readonly seq: number; readonly demo: boolean }) => string,
  ): Publication {
    const seq = (this.#seqs.get(channel) ?? 0) + 1;
    this.#seqs.set(channel, seq);
    const position = { seq, demo: this.#options.demo };
    const made = publication(channel, seq, 'whole', () => encode(position));
    this.#current.set(channel, made);
    return made;
  }
}

function sameHistogram(a: AmountHistogram, b: AmountHistogram): boolean {
  return sameNumbers(a.counts, b.counts) && sameNumbers(a.binsBtc, b.binsBtc);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
