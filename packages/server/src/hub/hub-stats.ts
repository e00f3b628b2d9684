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
  readonly connections: number;
  /** Clients that are subscribed, by channel. */
  readonly subscriptions: Tally;
  readonly sent: Tally;
  readonly dropped: Tally;
  /** Warnings and closes of slow clients, by the channels that they were subscribed to. */
  readonly slow: Tally;
  /** How many clients were warned or closed for being slow. */
  readonly slowClients: number;
  /** By close code. */
  readonly disconnects: Tally;
  /** By the code of the refusal. */
  readonly refused: Tally;
  readonly broadcasts: Readonly<Record<string, DurationFigures>>;
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
