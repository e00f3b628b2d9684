import type { AmountHistogram } from './snapshot.ts';

const BINS_PER_DECADE = 20;
/** The range of amounts that vote: 1,000 sat to 10,000 BTC. */
const SATS_MIN = 1000;
const DECADES = 9;
const SATS_PER_BTC = 1e8;

/** Edges to four digits, so that they read well and are the same on every machine. */
function binEdgesSats(): Float64Array {
  return Float64Array.from({ length: DECADES * BINS_PER_DECADE + 1 }, (_, i) =>
    Math.round(Number((SATS_MIN * 10 ** (i / BINS_PER_DECADE)).toPrecision(4))),
  );
}

/** How many amounts lie in each bin of a logarithmic axis, kept up one amount at a time. */
export class AmountBins {
  readonly #edgesSats = binEdgesSats();
  readonly #counts = new Uint32Array(DECADES * BINS_PER_DECADE);
  #snapshot: AmountHistogram | null = null;

  add(amountSats: number): void {
    this.#counts[this.#binOf(amountSats)]! += 1;
    this.#snapshot = null;
  }

  /** Takes back an amount that was added. */
  remove(amountSats: number): void {
    this.#counts[this.#binOf(amountSats)]! -= 1;
    this.#snapshot = null;
  }

  /** One more edge than counts. The same object as long as nothing changed. */
  histogram(): AmountHistogram {
    this.#snapshot ??= {
      binsBtc: Array.from(this.#edgesSats, (sats) => sats / SATS_PER_BTC),
      counts: Array.from(this.#counts),
    };
    return this.#snapshot;
  }

  #binOf(amountSats: number): number {
    const bin = Math.floor(Math.log10(amountSats / SATS_MIN) * BINS_PER_DECADE);
    // The logarithm is not exact at an edge, and the edges are rounded: the edges decide.
    if (bin >= 0 && amountSats < this.#edgesSats[bin]!) return Math.max(0, bin - 1);
    const next = amountSats >= this.#edgesSats[bin + 1]! ? bin + 1 : bin;
    return Math.min(Math.max(0, next), this.#counts.length - 1);
  }
}
