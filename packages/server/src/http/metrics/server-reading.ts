import type { HubFigures } from '../../hub/hub-stats.ts';
import type { PriceState } from '../../hub/mempool-channels.ts';
import type { PriceCounters } from '../../pipelines/price-counters.ts';
import type { SourceStatus } from '../../sources/source.ts';
import type { ServerView, VenueView } from '../health.ts';

/** Everything that is measured, read at one moment. */
export interface ServerReading {
  readonly version: string;
  /** True when the price is made up. */
  readonly demo: boolean;
  readonly source: SourceStatus;
  readonly counters: PriceCounters;
  /** Null before anything was published. */
  readonly price: PriceState | null;
  /** Null where no market is served. */
  readonly venue: VenueView | null;
  /** Null for no store at all. */
  readonly store: { readonly problem: string | null } | null;
  readonly hub: HubFigures;
}

export function readServer(view: ServerView, hub: HubFigures): ServerReading {
  return {
    version: view.version,
    demo: view.demo,
    source: view.source(),
    counters: view.counters(),
    price: view.price(),
    venue: view.venue(),
    store: view.store(),
    hub,
  };
}
