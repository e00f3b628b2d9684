/** A market from which nothing comes for this long is silent; candles in progress come each few s. */
const SILENT_SEC = 30;

/** A venue from which nothing has come for too long. */
export interface StaleVenue {
  readonly name: string;
  /** When it last said something, or when it was started; unix seconds. */
  readonly sinceSec: number;
}

/** Knows when something was last heard of each market of a venue. */
export class Silence {
  readonly #name: string;
  readonly #heardSec: Map<string, number>;

  /** @param startedSec counts as the last word of a market of which nothing ever came */
  constructor(name: string, symbols: readonly string[], startedSec: number) {
    this.#name = name;
    this.#heardSec = new Map(symbols.map((symbol) => [symbol, startedSec]));
  }

  heard(symbol: string, nowSec: number): void {
    this.#heardSec.set(symbol, nowSec);
  }

  /** Null while any of its markets says something, and for a venue without markets. */
  staleVenue(nowSec: number): StaleVenue | null {
    if (this.#heardSec.size === 0) return null;
    const sinceSec = Math.max(...this.#heardSec.values());
    return nowSec - sinceSec > SILENT_SEC ? { name: this.#name, sinceSec } : null;
  }

  /** For a person; null while all markets say something. */
  problem(nowSec: number): string | null {
    const stale = this.staleVenue(nowSec);
    if (stale !== null) return `${this.#name} has been silent since ${clockTime(stale.sinceSec)}`;
    const silent = [...this.#heardSec].filter(([, heardSec]) => nowSec - heardSec > SILENT_SEC);
    if (silent.length === 0) return null;
    const symbols = silent.map(([symbol]) => symbol).join(', ');
    return `${this.#name} has said nothing of ${symbols} for over ${SILENT_SEC} s`;
  }
}

function clockTime(timeSec: number): string {
  return `${new Date(timeSec * 1000).toISOString().slice(11, 19)} UTC`;
}
