/**
 * The positions of one side in USD, and what became of all that were ever opened: created = open +
 * closed + consumed. Two crowds open positions at the same levels; each closes at its own pace.
 */
import type { Buckets } from './buckets.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Side } from './candle.ts';
import { type BucketUsd, LevelStore } from './level-store.ts';

/** Positions worth less are dropped when room runs out; levels below it are not shown. */
export const CENT_USD = 0.01;
/** Units are made smaller before their worth gets near the end of the exponents. */
const UNIT_MIN_USD = 2 ** -400;
/** After weeks without a candle: nothing is left that anybody could count. */
const UNIT_GONE_USD = 2 ** -900;

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
  readonly #bucketUsd: number;
  #levels: LevelStore;
  /** What a unit of each crowd is worth now: closing a share of its positions lowers this. */
  #unit0Usd = 1;
  #unit1Usd = 1;
  #createdUsd = 0;
  #closedUsd = 0;
  #consumedUsd = 0;
  #positionsCreated = 0;
  #positionsConsumed = 0;

  constructor(side: Side, bucketUsd: number) {
    this.#side = side;
    this.#bucketUsd = bucketUsd;
    this.#levels = new LevelStore(side, bucketUsd);
  }

  get openUsd(): number {
    return this.#levels.worth(this.#unit0Usd, this.#unit1Usd);
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

  /** Opens positions of both crowds that are liquidated at one price. */
  open(liquidationUsd: number, usd0: number, usd1: number): void {
    this.#levels.add(liquidationUsd, usd0 / this.#unit0Usd, usd1 / this.#unit1Usd);
    this.#createdUsd += usd0 + usd1;
    this.#positionsCreated += 1;
  }

  /**
   * Takes what a price reaches.
   *
   * @param share0 - of the first crowd's positions that is liquidated: the rest was closed before
   * @returns USD liquidated
   */
  consume(priceUsd: number, share0: number, share1: number): number {
    const before = this.#levels.count;
    this.#levels.sweep(priceUsd);
    if (this.#levels.count === before) return 0;
    const reached0Usd = this.#levels.taken0 * this.#unit0Usd;
    const reached1Usd = this.#levels.taken1 * this.#unit1Usd;
    const liquidatedUsd = reached0Usd * share0 + reached1Usd * share1;
    this.#positionsConsumed += before - this.#levels.count;
    this.#consumedUsd += liquidatedUsd;
    this.#closedUsd += reached0Usd + reached1Usd - liquidatedUsd;
    return liquidatedUsd;
  }

  /** Closes all but a share of each crowd's positions. */
  keep(share0: number, share1: number): void {
    this.#closedUsd += this.#levels.worth(
      this.#unit0Usd * (1 - share0),
      this.#unit1Usd * (1 - share1),
    );
    this.#unit0Usd *= share0;
    this.#unit1Usd *= share1;
    if (this.#unit0Usd < UNIT_MIN_USD) this.#unit0Usd = this.#enlarged(0, this.#unit0Usd);
    if (this.#unit1Usd < UNIT_MIN_USD) this.#unit1Usd = this.#enlarged(1, this.#unit1Usd);
  }

  /** Makes sure that so many positions fit in: by dropping those under a cent, else by growing. */
  makeRoom(positions: number): void {
    const { count, capacity } = this.#levels;
    if (count + positions <= capacity) return;
    this.#levels.dropBelow(CENT_USD, this.#unit0Usd, this.#unit1Usd);
    this.#closedUsd += this.#levels.taken0 * this.#unit0Usd + this.#levels.taken1 * this.#unit1Usd;
    if (this.#levels.count > capacity / 2) this.#levels.grow();
  }

  /** USD in each bucket that holds something. */
  usdByBucket(buckets: Buckets): BucketUsd {
    return this.#levels.usdByBucket(buckets, this.#unit0Usd, this.#unit1Usd);
  }

  clone(): PositionBook {
    const copy = new PositionBook(this.#side, this.#bucketUsd);
    copy.#levels = this.#levels.clone();
    copy.#unit0Usd = this.#unit0Usd;
    copy.#unit1Usd = this.#unit1Usd;
    copy.#createdUsd = this.#createdUsd;
    copy.#closedUsd = this.#closedUsd;
    copy.#consumedUsd = this.#consumedUsd;
    copy.#positionsCreated = this.#positionsCreated;
    copy.#positionsConsumed = this.#positionsConsumed;
    return copy;
  }

  save(out: ByteWriter): void {
    out.float(this.#unit0Usd);
    out.float(this.#unit1Usd);
    out.float(this.#createdUsd);
    out.float(this.#closedUsd);
    out.float(this.#consumedUsd);
    out.float(this.#positionsCreated);
    out.float(this.#positionsConsumed);
    this.#levels.save(out);
  }

  static restore(side: Side, bucketUsd: number, from: ByteReader): PositionBook {
    const book = new PositionBook(side, bucketUsd);
    book.#unit0Usd = from.float();
    book.#unit1Usd = from.float();
    book.#createdUsd = from.float();
    book.#closedUsd = from.float();
    book.#consumedUsd = from.float();
    book.#positionsCreated = from.float();
    book.#positionsConsumed = from.float();
    book.#levels = LevelStore.restore(side, bucketUsd, from);
    return book;
  }

  /** A larger unit of which there are fewer; where units are worth nothing any more, there are none. */
  #enlarged(kind: 0 | 1, unitUsd: number): number {
    const factor = unitUsd < UNIT_GONE_USD ? 0 : UNIT_MIN_USD;
    this.#levels.rescale(kind, factor);
    return factor === 0 ? 1 : unitUsd / factor;
  }
}
