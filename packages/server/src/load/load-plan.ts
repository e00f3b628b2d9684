import type { Compression } from './client-handshake.ts';

/** What a run does; the command reads it from its options. */
export interface LoadPlan {
  /** Host and port as the URL has them: for the Host header. */
  readonly host: string;
  /** The IP address behind the host. */
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly clients: number;
  /** What each client sends once it is connected. */
  readonly requests: readonly string[];
  /** Whether a gap in seq is a loss. */
  readonly gapsCount: boolean;
  /** How long the connecting is spread over; 0: as fast as the server answers. */
  readonly rampMs: number;
  /** How long messages are counted once all are connected. */
  readonly durationMs: number;
  /** Share of the clients that never read, 0 to 1. */
  readonly slowShare: number;
  /** Share of those that read that inflate and parse everything, 0 to 1. */
  readonly verifiedShare: number;
  /** Cuts all connections at once each so often; 0: never. */
  readonly stormEveryMs: number;
  readonly compression: Compression;
  readonly key: string | null;
  /** Where clients connect from, in turn; empty: the system chooses. */
  readonly localAddresses: readonly string[];
}

/** Whether client `index` belongs to a share: members lie evenly between the others. */
export function isInShare(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}
