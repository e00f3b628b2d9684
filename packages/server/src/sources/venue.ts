import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import type { SourceStatus } from './source.ts';

/** A perpetual future under its plain name. */
export interface Market {
  /** Such as BTCUSDT. */
  readonly symbol: string;
  /** Length of its candles. */
  readonly intervalSec: number;
}

/** Something that happened on a market. */
export type VenueEvent =
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly candle: Candle;
      /** False for the candle in progress: it comes again until it is closed. */
      readonly closed: boolean;
    }
  | { readonly kind: 'open_interest'; readonly symbol: string; readonly sample: OpenInterest }
  | { readonly kind: 'liquidation'; readonly symbol: string; readonly liquidation: Liquidation };

export interface VenueEvents {
  /** Resolves once the events are taken in: history is brought in batches, one after another. */
  onEvents(batch: readonly VenueEvent[]): Promise<void>;
  /** Called on each change of state, never for a mere count. */
  onStatus(status: SourceStatus): void;
  /** Opening time of the newest closed candle that is here already; null: none. */
  knownUntilSec(symbol: string): number | null;
}

/**
 * Where candles, open interest and liquidations come from. Events of one market and kind come in
 * the order of their times; history comes before what is live; the same event may come again. A
 * venue reconnects by itself until stopped; neither `start` nor anything after it throws for a
 * peer that is away.
 */
export interface Venue {
  readonly name: string;
  /** True when the data is made up; it then is marked so everywhere. */
  readonly demo: boolean;
  readonly markets: readonly Market[];
  /** Resolves once the history that is missing was handed on, or could not be had. */
  start(events: VenueEvents): Promise<void>;
  /** After it resolves no event follows and nothing is left open. */
  stop(): Promise<void>;
  /** `frames` counts events. */
  status(): SourceStatus;
}
