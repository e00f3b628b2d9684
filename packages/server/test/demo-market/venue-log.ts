import type { Candle, Liquidation, OpenInterest } from '@tidegauge/liquidations';
import type { SourceStatus } from '../../src/sources/source.ts';
import type { VenueEvent, VenueEvents } from '../../src/sources/venue.ts';

/** Keeps what a venue says, and waits for it without sleeping. */
export class VenueLog implements VenueEvents {
  readonly events: VenueEvent[] = [];
  readonly batches: number[] = [];
  readonly statuses: SourceStatus[] = [];
  readonly known: Map<string, number> = new Map();
  /** Set to make the venue wait before it may go on. */
  gate: Promise<void> = Promise.resolve();
  #waiters: { readonly done: () => boolean; readonly resolve: () => void }[] = [];

  async onEvents(batch: readonly VenueEvent[]): Promise<void> {
    this.events.push(...batch);
    this.batches.push(batch.length);
    const over = this.#waiters.filter((waiter) => waiter.done());
    this.#waiters = this.#waiters.filter((waiter) => !over.includes(waiter));
    for (const waiter of over) waiter.resolve();
    await this.gate;
  }

  onStatus(status: SourceStatus): void {
    this.statuses.push(status);
  }

  knownUntilSec(symbol: string): number | null {
    return this.known.get(symbol) ?? null;
  }

  /** Looked at again with each batch. */
  async until(done: () => boolean): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve) => {
      this.#waiters.push({ done, resolve });
    });
  }

  closed(symbol: string): Candle[] {
    return this.#candles(symbol, true);
  }

  inProgress(symbol: string): Candle[] {
    return this.#candles(symbol, false);
  }

  openInterest(symbol: string): OpenInterest[] {
    return this.events.flatMap((event) =>
      event.kind === 'open_interest' && event.symbol === symbol ? [event.sample] : [],
    );
  }

  liquidations(symbol: string): Liquidation[] {
    return this.events.flatMap((event) =>
      event.kind === 'liquidation' && event.symbol === symbol ? [event.liquidation] : [],
    );
  }

  #candles(symbol: string, closed: boolean): Candle[] {
    return this.events.flatMap((event) =>
      event.kind === 'candle' && event.symbol === symbol && event.closed === closed
        ? [event.candle]
        : [],
    );
  }
}
