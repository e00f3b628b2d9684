import type { Bundle } from './bundle.ts';

/** How many of something happened under each label. */
export type Tally = Readonly<Record<string, number>>;

/** Durations by upper bound, as a Prometheus histogram: each bucket counts its own only. */
export interface DurationFigures {
  /** One count for each bound of BROADCAST_BOUNDS_SEC, and one for what is over the last. */
  readonly counts: readonly number[];
  readonly sumSec: number;
}

/**
 * What a hub has done since its start, as plain values: they cross process borders and are summed
 * over workers. A `channel` is a symbol of /ws/heatmap or a channel of /ws/mempool.
 */
export interface HubFigures {
  /** Worker processes that take clients now; 0: none, as the process itself does. */
  readonly workers: number;
  readonly connections: number;
  /** Clients that are subscribed, by channel. */
  readonly subscriptions: Tally;
  /** Messages of a channel, one for each client that was sent it. */
  readonly sent: Tally;
  readonly dropped: Tally;
  /** Warnings and closes of slow clients, by the channels that they were subscribed to. */
  readonly slow: Tally;
  /** How often a client was warned or closed for being slow. */
  readonly slowClients: number;
  /** By close code; those that mean nothing here are `other`. */
  readonly disconnects: Tally;
  /** By the code of the refusal. */
  readonly refused: Tally;
  readonly broadcasts: Readonly<Record<string, DurationFigures>>;
  /** How long the newest broadcasts took, whichever their channels; at most so many a process. */
  readonly recentBroadcastsSec: readonly number[];
  /** Messages sent in the last 60 s. */
  readonly sentLastMinute: number;
}

/** Upper bounds of the buckets of a broadcast's duration, seconds. */
export const BROADCAST_BOUNDS_SEC: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

/**
 * What the hub tells as it happens. Calls cost next to nothing: one is made for every client and
 * message.
 */
export interface HubStats {
  /** A bundle was written to one client. */
  sent(bundle: Bundle): void;
  /** A publication was replaced by a newer one, or given up, before a client got it. */
  dropped(channel: string): void;
  /** A client was warned or closed for being slow. */
  slow(channels: Iterable<string>): void;
  disconnected(code: number): void;
  /** @param reason the code of the refusal */
  refused(reason: string): void;
  /** Publications of these channels began to go out, and the last write was this much later. */
  broadcast(channels: readonly string[], durationMs: number): void;
}

/** Tells nobody: for tests and benches of other things. */
export const NO_STATS: HubStats = {
  sent: () => {},
  dropped: () => {},
  slow: () => {},
  disconnected: () => {},
  refused: () => {},
  broadcast: () => {},
};

/** What several hubs have done together. */
export function sumFigures(list: readonly HubFigures[]): HubFigures {
  const sumOf = (read: (figures: HubFigures) => number): number =>
    list.reduce((sum, figures) => sum + read(figures), 0);
  return {
    workers: sumOf(({ workers }) => workers),
    connections: sumOf(({ connections }) => connections),
    subscriptions: sumTallies(list.map(({ subscriptions }) => subscriptions)),
    sent: sumTallies(list.map(({ sent }) => sent)),
    dropped: sumTallies(list.map(({ dropped }) => dropped)),
    slow: sumTallies(list.map(({ slow }) => slow)),
    slowClients: sumOf(({ slowClients }) => slowClients),
    disconnects: sumTallies(list.map(({ disconnects }) => disconnects)),
    refused: sumTallies(list.map(({ refused }) => refused)),
    broadcasts: sumDurations(list.map(({ broadcasts }) => broadcasts)),
    recentBroadcastsSec: list.flatMap(({ recentBroadcastsSec }) => recentBroadcastsSec),
    sentLastMinute: sumOf(({ sentLastMinute }) => sentLastMinute),
  };
}

/** Of a tally's counts. */
export function totalOf(tally: Tally): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

function sumTallies(tallies: readonly Tally[]): Tally {
  const sums = new Map<string, number>();
  for (const tally of tallies) {
    for (const [name, count] of Object.entries(tally)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  return Object.fromEntries(sums);
}

function sumDurations(
  parts: readonly HubFigures['broadcasts'][],
): Readonly<Record<string, DurationFigures>> {
  const channels = new Set(parts.flatMap((part) => Object.keys(part)));
  const sums = [...channels].map((channel): [string, DurationFigures] => {
    const found = parts.map((part) => part[channel]).filter((each) => each !== undefined);
    const counts = found[0]!.counts.map((_, bucket) =>
      found.reduce((sum, figures) => sum + figures.counts[bucket]!, 0),
    );
    return [channel, { counts, sumSec: found.reduce((sum, { sumSec }) => sum + sumSec, 0) }];
  });
  return Object.fromEntries(sums);
}
