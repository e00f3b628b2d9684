/**
 * The positions of one side in USD, and what became of all that were ever opened: created = open +
 * closed + consumed.
 */
import type { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Side } from './candle.ts';
import { LevelStore } from './level-store.ts';

/** Positions worth less are dropped when room runs out; levels below it are not shown. */
export const CENT_USD = 0.01;
/** Units are made smaller before their worth gets near the end of the exponents. */
const UNIT_MIN_USD = 2 ** -64;

/** Everything that was ever opened is open, closed or consumed. */
export interface Ledger {
  readonly createdUsd: number;
  readonly openUsd: number;
  /** Closed by their owners, and what was too small to keep. */
  readonly closedUsd: number;
  /** Liquidated. */
  readonly consumedUsd: number;
  readonly positionsCreated: number;
  readonly positionsConsumed: number;
}

export class PositionBook {
  readonly #side: Side;
  readonly #cellUsd: number;
  #levels: LevelStore;
  /** What a unit is worth now: closing a share of everything is closing a share of this. */
  #unitUsd = 1;
  #createdUsd = 0;
  #closedUsd = 0;
  #consumedUsd = 0;
  #positionsCreated = 0;
  #positionsConsumed = 0;

  constructor(side: Side, cellUsd: number) {
    this.#side = side;
    this.#cellUsd = cellUsd;
    this.#levels = new LevelStore(side, cellUsd);
  }

  get openUsd(): number {
    return this.#levels.units * this.#unitUsd;
  }

  get ledger(): Ledger {
    return {
      createdUsd: this.#createdUsd,
      openUsd: this.openUsd,
      closedUsd: this.#closedUsd,
      consumedUsd: this.#consumedUsd,
      positionsCreated: this.#positionsCreated,
      positionsConsumed: this.#positionsConsumed,
    };
  }

  /** Opens a position that is liquidated at a price. */
  open(liquidationUsd: number, usd: number): void {
    this.#levels.add(liquidationUsd, usd / this.#unitUsd);
    this.#createdUsd += usd;
    this.#positionsCreated += 1;
  }

  /**
   * Takes what a price reaches.
   *
   * @param share - of it that is liquidated; the owners have closed the rest
   * @returns USD liquidated
   */
  consume(priceUsd: number, share: number): number {
    const before = this.#levels.count;
    const reachedUsd = this.#levels.sweep(priceUsd) * this.#unitUsd;
    const liquidatedUsd = reachedUsd * share;
    this.#positionsConsumed += before - this.#levels.count;
    this.#consumedUsd += liquidatedUsd;
    this.#closedUsd += reachedUsd - liquidatedUsd;
    return liquidatedUsd;
  }

  /** Closes all but a share of every position. */
  keep(share: number): void {
    this.#closedUsd += this.openUsd * (1 - share);
    this.#unitUsd *= share;
    if (this.#unitUsd >= UNIT_MIN_USD) return;
    this.#levels.rescale(UNIT_MIN_USD);
    this.#unitUsd /= UNIT_MIN_USD;
  }

  /** Makes sure that so many positions fit in: by dropping those under a cent, else by growing. */
  makeRoom(positions: number): void {
    const { count, capacity } = this.#levels;
    if (count + positions <= capacity) return;
    this.#closedUsd += this.#levels.dropBelow(CENT_USD / this.#unitUsd) * this.#unitUsd;
    if (this.#levels.count > capacity / 2) this.#levels.grow();
  }

  /** USD in each bucket, from the bucket at 0 upwards, as far as there is any; holes are empty. */
  usdByBucket(buckets: Buckets): number[] {
    const list: number[] = [];
    this.#levels.addTo(list, buckets, this.#unitUsd);
    return list;
  }

  clone(): PositionBook {
    const copy = new PositionBook(this.#side, this.#cellUsd);
    copy.#levels = this.#levels.clone();
    copy.#unitUsd = this.#unitUsd;
    copy.#createdUsd = this.#createdUsd;
    copy.#closedUsd = this.#closedUsd;
    copy.#consumedUsd = this.#consumedUsd;
    copy.#positionsCreated = this.#positionsCreated;
    copy.#positionsConsumed = this.#positionsConsumed;
    return copy;
  }

  save(out: ByteWriter): void {
    out.float(this.#unitUsd);
    out.float(this.#createdUsd);
    out.float(this.#closedUsd);
    out.float(this.#consumedUsd);
    out.float(this.#positionsCreated);
    out.float(this.#positionsConsumed);
    this.#levels.save(out);
  }

  static restore(side: Side, cellUsd: number, from: ByteReader): PositionBook {
    const book = new PositionBook(side, cellUsd);
    book.#unitUsd = from.float();
    book.#createdUsd = from.float();
    book.#closedUsd = from.float();
    book.#consumedUsd = from.float();
    book.#positionsCreated = from.float();
    book.#positionsConsumed = from.float();
    book.#levels = LevelStore.restore(side, cellUsd, from);
    return book;
  }
}
