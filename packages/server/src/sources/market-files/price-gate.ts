/** So many rows show what is usual around one of them. */
const ROWS_COMPARED = 9;
/**
 * A coin may rise a thousandfold in years; between rows a few apart that much is a slip of the
 * point, another unit, or another market.
 */
const FACTOR_MAX = 1_000;

export interface PriceRange {
  readonly lowUsd: number;
  readonly highUsd: number;
}

export interface PriceGateParts<Row> {
  readonly rangeOf: (row: Row) => PriceRange;
  /** What the two are called in a reason. */
  readonly lowName: string;
  readonly highName: string;
  readonly pass: (row: Row, symbol: string, number: number) => void;
  readonly refuse: (number: number, reason: string) => void;
}

interface Waiting<Row> {
  readonly row: Row;
  readonly number: number;
}

/** One symbol of the file. */
interface Market<Row> {
  /** The first rows, until there are enough; null from then on. */
  first: Waiting<Row>[] | null;
  /** Lows of the rows to compare with, those refused here among them. */
  readonly lowsUsd: number[];
  /** Which of them is the oldest. */
  oldest: number;
}

/**
 * Refuses a row whose price is over 1,000 times away from most of the nine rows read before it; the
 * first nine are compared with each other, so that a bad first row does not make all others look
 * wrong. A file moves as far as its market did, since only the nearest rows count. And where prices
 * really change at one stroke, as when a coin is split, five rows are refused before the new level
 * is the usual one: a rule that compared with rows that were taken would refuse all that follow.
 */
export class PriceGate<Row> {
  readonly #parts: PriceGateParts<Row>;
  readonly #markets = new Map<string, Market<Row>>();

  constructor(parts: PriceGateParts<Row>) {
    this.#parts = parts;
  }

  take(row: Row, symbol: string, number: number): void {
    const market = this.#marketOf(symbol);
    const { lowUsd } = this.#parts.rangeOf(row);
    if (market.first === null) {
      this.#check({ row, number }, symbol, market.lowsUsd);
      market.lowsUsd[market.oldest] = lowUsd;
      market.oldest = (market.oldest + 1) % ROWS_COMPARED;
      return;
    }
    market.first.push({ row, number });
    market.lowsUsd.push(lowUsd);
    if (market.first.length === ROWS_COMPARED) this.#open(symbol, market);
  }

  /** No more rows come. */
  end(): void {
    for (const [symbol, market] of this.#markets) this.#open(symbol, market);
  }

  #marketOf(symbol: string): Market<Row> {
    const found = this.#markets.get(symbol);
    if (found !== undefined) return found;
    const market = { first: [], lowsUsd: [], oldest: 0 };
    this.#markets.set(symbol, market);
    return market;
  }

  #open(symbol: string, market: Market<Row>): void {
    const first = market.first ?? [];
    market.first = null;
    for (const waiting of first) this.#check(waiting, symbol, market.lowsUsd);
  }

  #check({ row, number }: Waiting<Row>, symbol: string, lowsUsd: readonly number[]): void {
    const problem = this.#problem(this.#parts.rangeOf(row), lowsUsd);
    if (problem === null) this.#parts.pass(row, symbol, number);
    else this.#parts.refuse(number, problem);
  }

  #problem({ lowUsd, highUsd }: PriceRange, usualUsd: readonly number[]): string | null {
    const { lowName, highName } = this.#parts;
    let [above, below] = [0, 0];
    for (const usual of usualUsd) {
      if (highUsd > usual * FACTOR_MAX) above += 1;
      if (lowUsd * FACTOR_MAX < usual) below += 1;
    }
    const most = usualUsd.length / 2;
    if (above <= most && below <= most) return null;
    const value = above > most ? `${highName} is ${highUsd}` : `${lowName} is ${lowUsd}`;
    const middle = usualUsd.toSorted((a, b) => a - b)[usualUsd.length >> 1];
    return `${value}, allowed: within 1,000 times of ${middle}, the usual in the rows around it`;
  }
}
