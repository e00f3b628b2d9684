import type { Candle, HeatmapSnapshot, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import { encodeHeatmapData } from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { Market, VenueEvent } from '../sources/venue.ts';
import type { SnapshotRecord, Store } from '../store/store.ts';
import { Journal, type JournalCounters, type PendingRows } from './market-journal.ts';

/** Seven days of 5 min candles ten times over: some 2 MB for each market at the worst. */
const ROWS_MAX = 20_000;
/** Some 30 KB each. */
const MAPS_MAX = 50;
const RECEIVED = { keep: false };

/** What one market has to be stored, table by table. */
interface MarketRows {
  readonly candles: PendingRows<Candle>;
  readonly openInterest: PendingRows<OpenInterest>;
  readonly liquidations: PendingRows<Liquidation>;
  readonly maps: PendingRows<SnapshotRecord>;
}

/** Keeps what venues send, and the maps that came of it, in the store. */
export class HeatmapRecords {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #markets: Map<string, MarketRows> = new Map();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#journal = new Journal(clock);
  }

  /** A candle in progress is no history yet and not stored. */
  add(market: Market, event: VenueEvent): void {
    const rows = this.#rowsOf(market);
    if (event.kind === 'open_interest') rows.openInterest.add(event.sample);
    else if (event.kind === 'liquidation') rows.liquidations.add(event.liquidation);
    else if (event.closed) rows.candles.add(event.candle);
  }

  addMap(market: Market, timeSec: number, snapshot: HeatmapSnapshot): void {
    const { symbol } = market;
    this.#rowsOf(market).maps.add({ symbol, timeSec, dataJson: encodeHeatmapData(snapshot) });
  }

  /** See Journal.write. */
  write(): Promise<void> {
    return this.#journal.write();
  }

  stop(): Promise<void> {
    return this.#journal.stop();
  }

  counters(): JournalCounters {
    return this.#journal.counters();
  }

  problem(): string | null {
    return this.#journal.problem();
  }

  #rowsOf({ symbol, intervalSec }: Market): MarketRows {
    const known = this.#markets.get(symbol);
    if (known !== undefined) return known;
    const [store, journal] = [this.#store, this.#journal];
    const byTime = ({ timeSec }: { readonly timeSec: number }): number => timeSec;
    const series = { symbol, intervalSec };
    const rows: MarketRows = {
      candles: journal.line<Candle>(byTime, (c) => store.putCandles(series, c, RECEIVED), ROWS_MAX),
      openInterest: journal.line<OpenInterest>(
        byTime,
        (samples) => store.putOpenInterest(symbol, samples, RECEIVED),
        ROWS_MAX,
      ),
      liquidations: journal.line(
        ({ timeSec, side, priceUsd, usd }) => `${timeSec} ${side} ${priceUsd} ${usd}`,
        (liquidations) => store.putLiquidations(symbol, liquidations, RECEIVED),
        ROWS_MAX,
      ),
      maps: journal.line<SnapshotRecord>(byTime, (maps) => store.putSnapshots(maps), MAPS_MAX),
    };
    this.#markets.set(symbol, rows);
    return rows;
  }
}
