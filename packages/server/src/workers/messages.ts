/** What the main process and its workers tell each other. */
import type { Config } from '../config.ts';
import type { StaleSource } from '../hub/heatmap-endpoint.ts';
import type { HubFigures } from '../hub/hub-stats.ts';
import type { LostSource } from '../hub/lost-source.ts';

/**
 * A publication as bytes. A `delta` is followed by the `whole` one of the same position, so that
 * whoever cannot use it has something to begin with.
 */
export interface CarriedPublication {
  readonly channel: string;
  readonly seq: number;
  readonly kind: 'whole' | 'delta';
  readonly bytes: Uint8Array;
}

/** Which of the two addresses a message is about. */
export type FeedName = 'price' | 'heatmap';

/** A channel that a replica needs, of those that are only sent on demand. */
export interface WantedChannel {
  readonly channel: string;
  /** Of the state that it has; 0 when it has none, or let go of it a moment ago. */
  readonly seq: number;
}

/** How many clients an address has somewhere: its key and their number. */
export type AddressCount = readonly [addressKey: string, count: number];

/** The first message to a worker. */
export interface StartMessage {
  readonly kind: 'start';
  /** With the port that it listens on, together with the other workers; 0: any that is free. */
  readonly config: Config;
  /** The Unix socket at which the main process answers plain requests. */
  readonly upstream: string;
  /** Of all sequences; see ChannelStates. */
  readonly epoch: string;
  /** Whose data is made up. */
  readonly demo: Readonly<Record<FeedName, boolean>>;
  /** The markets that are carried. */
  readonly symbols: readonly string[];
}

export type ToWorker =
  | StartMessage
  | {
      readonly kind: 'publications';
      readonly feed: FeedName;
      readonly publications: readonly CarriedPublication[];
    }
  /** The markets that are carried, all of them. */
  | { readonly kind: 'symbols'; readonly symbols: readonly string[] }
  /** The sources of maps that are stale, all of them. */
  | { readonly kind: 'stale_markets'; readonly sources: readonly StaleSource[] }
  /** The source of the price while it is lost, else null. */
  | { readonly kind: 'lost_source'; readonly source: LostSource | null }
  /** Clients of the other workers: in all, and of the addresses whose number changed. */
  | {
      readonly kind: 'others';
      readonly connections: number;
      readonly changed: readonly AddressCount[];
    }
  /** Takes no more clients, and tells those there are when to come back. */
  | { readonly kind: 'drain'; readonly durationMs: number };

export interface LogMessage {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number }
  /** It cannot listen, and ends. @property code the system's, such as EADDRINUSE */
  | { readonly kind: 'not_listening'; readonly code: string; readonly message: string }
  | { readonly kind: 'wants'; readonly feed: FeedName; readonly wants: readonly WantedChannel[] }
  /** Its own clients: in all, and of the addresses whose number changed. */
  | {
      readonly kind: 'clients';
      readonly connections: number;
      readonly changed: readonly AddressCount[];
    }
  /** Its last client is gone. */
  | { readonly kind: 'drained' }
  | { readonly kind: 'figures'; readonly figures: HubFigures }
  | { readonly kind: 'log'; readonly lines: readonly LogMessage[] };
