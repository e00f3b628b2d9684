import type { Clock } from '../clock.ts';
import type { SourceStatus } from '../sources/source.ts';
import { StatusRecord } from '../sources/status-record.ts';
import type { Market, Venue, VenueEvents } from '../sources/venue.ts';
import type { SeriesSummary, Store } from '../store/store.ts';

const NOTHING_STORED =
  'no history is stored: take candles and open interest in with `tidegauge ingest FILE...`, ' +
  'then start again';

/** Markets of which there is stored history and nothing live: `VENUES=files`. */
export class StoredVenue implements Venue {
  readonly name = 'files';
  readonly demo = false;
  readonly markets: readonly Market[];
  readonly #record: StatusRecord;

  private constructor(series: readonly SeriesSummary[], clock: Clock) {
    this.markets = series.map(({ symbol, intervalSec }) => ({ symbol, intervalSec }));
    this.#record = new StatusRecord(this.name, clock);
    // Its age is for everybody to see: nothing newer will come.
    if (series.length > 0) this.#record.lastFrameSec = Math.max(...series.map(endOf));
  }

  /**
   * One market for each symbol that has candles: where it has several lengths of them, those that
   * reach furthest, and of these the shortest.
   *
   * @throws StoreError
   */
  static async open(store: Store, clock: Clock): Promise<StoredVenue> {
    const best = new Map<string, SeriesSummary>();
    for (const series of await store.series()) {
      const other = best.get(series.symbol);
      if (other === undefined || endOf(series) > endOf(other)) best.set(series.symbol, series);
    }
    return new StoredVenue([...best.values()], clock);
  }

  /** Brings nothing: what is stored is there already. */
  async start(events: VenueEvents): Promise<void> {
    this.#record.listen((status) => events.onStatus(status));
    this.#record.change('connected', this.markets.length === 0 ? NOTHING_STORED : null);
  }

  async stop(): Promise<void> {
    this.#record.listen(null);
  }

  status(): SourceStatus {
    return this.#record.read();
  }
}

function endOf({ lastSec, intervalSec }: SeriesSummary): number {
  return lastSec + intervalSec;
}
