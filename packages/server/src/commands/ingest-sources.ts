/** Keeps two sources of open interest out of one series. */
import type { OpenInterest } from '@tidegauge/liquidations';
import type { MarketRows, RefusedRow } from '../sources/market-files/market-row.ts';
import type { Store } from '../store/store.ts';

type OpenInterestRows = Extract<MarketRows, { readonly kind: 'open_interest' }>;

const HOUR_SEC = 3_600;
const DAY_SEC = 86_400;
/** One source told in two ways differs by some percent; one exchange and all of them by far more. */
const FACTOR_MAX = 1.5;
const DIGITS_SHOWN = 3;

/**
 * Lets through what a file brings. Its open interest is held back to the end and then comes whole,
 * or not at all: what was ingested is kept for good, so that half a file of another source could
 * not be taken back. A file that breaks off ends with its own error after what was read of it.
 * @throws Error that says that the open interest is not of the source that is stored; StoreError
 */
export async function* ofOneSource(
  items: AsyncIterable<MarketRows | RefusedRow>,
  store: Store,
): AsyncGenerator<MarketRows | RefusedRow, void> {
  const held: OpenInterestRows[] = [];
  try {
    for await (const item of items) {
      if (item.kind === 'open_interest') held.push(item);
      else yield item;
    }
  } catch (error) {
    yield* compared(held, store);
    throw error;
  }
  yield* compared(held, store);
}

async function* compared(
  batches: readonly OpenInterestRows[],
  store: Store,
): AsyncGenerator<OpenInterestRows, void> {
  for (const symbol of new Set(batches.map((batch) => batch.symbol))) {
    const ofSymbol = batches.filter((batch) => batch.symbol === symbol);
    const rows = ofSymbol.flatMap((batch) => batch.rows).sort((a, b) => a.timeSec - b.timeSec);
    const problem = otherSourceProblem(symbol, rows, await storedAround(store, symbol, rows));
    if (problem !== null) throw new Error(problem);
  }
  yield* batches;
}

/** What is stored from a day before the rows to a day after them. */
async function storedAround(
  store: Store,
  symbol: string,
  rows: readonly OpenInterest[],
): Promise<OpenInterest[]> {
  const fromSec = rows[0]!.timeSec - DAY_SEC;
  const toSec = rows.at(-1)!.timeSec + DAY_SEC + 1;
  const stored: OpenInterest[] = [];
  for await (const chunk of store.openInterest(symbol, { fromSec, toSec })) stored.push(...chunk);
  return stored;
}

/**
 * Compares the medians of the samples that lie nearest to stored ones in time: within an hour of
 * the least distance there is. So of files that follow each other only the hour counts in which
 * they meet, not what a market did in the days after it.
 */
function otherSourceProblem(
  symbol: string,
  rows: readonly OpenInterest[],
  stored: readonly OpenInterest[],
): string | null {
  const pairs = nearestPairs(rows, stored);
  if (pairs.length === 0) return null;
  const ownUsd = median(pairs.map((pair) => pair.ownUsd));
  const storedUsd = median(pairs.map((pair) => pair.storedUsd));
  if (Math.max(ownUsd / storedUsd, storedUsd / ownUsd) <= FACTOR_MAX) return null;
  return (
    `its open interest of ${symbol} is typically ${shownUsd(ownUsd)}, but at the same times ` +
    `${shownUsd(storedUsd)} is stored: it is of another source; allowed: up to ${FACTOR_MAX} ` +
    'times more or less. To keep both, give it and its candles a --data-dir of their own; to take ' +
    'it all the same, in the place of what is stored at its times, --replace'
  );
}

interface Pair {
  readonly ownUsd: number;
  readonly storedUsd: number;
  readonly distanceSec: number;
}

/** Each row with the stored one nearest to it, of the nearest hour; both by rising time. */
function nearestPairs(rows: readonly OpenInterest[], stored: readonly OpenInterest[]): Pair[] {
  if (stored.length === 0) return [];
  let at = 0;
  let leastSec = DAY_SEC;
  const pairs = rows.map(({ timeSec, usd }): Pair => {
    const distanceTo = (index: number): number =>
      Math.abs((stored[index]?.timeSec ?? Number.POSITIVE_INFINITY) - timeSec);
    while (distanceTo(at + 1) <= distanceTo(at)) at += 1;
    const distanceSec = distanceTo(at);
    leastSec = Math.min(leastSec, distanceSec);
    return { ownUsd: usd, storedUsd: stored[at]!.usd, distanceSec };
  });
  const mostSec = Math.min(DAY_SEC, leastSec + HOUR_SEC);
  return pairs.filter(({ distanceSec }) => distanceSec <= mostSec);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Such as `8,230,000,000 USD`. */
function shownUsd(usd: number): string {
  return `${usd.toLocaleString('en-US', { maximumSignificantDigits: DIGITS_SHOWN })} USD`;
}
