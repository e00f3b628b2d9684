import type { Market } from '../../wire/heatmap/heatmap-incoming.ts';

/** Markets whose name holds the text, those that begin with it first; all of them without one. */
export function findMarkets(markets: readonly Market[], text: string): readonly Market[] {
  const wanted = text.trim().toUpperCase();
  const place = ({ symbol }: Market): number => symbol.toUpperCase().indexOf(wanted);
  const found = markets.filter((market) => place(market) !== -1);
  return [
    ...found.filter((market) => place(market) === 0),
    ...found.filter((market) => place(market) > 0),
  ];
}

/** So many are offered in the place of a market that is not there. */
const OFFERS_MAX = 3;

/** The markets that may have been meant, the likeliest first; none that is far off. */
export function nearMarkets(markets: readonly Market[], wanted: string): readonly Market[] {
  const name = wanted.toUpperCase();
  // A letter in three may be another one: SOLUSD for SOLUSDT, XBTUSDT for BTCUSDT.
  const most = Math.ceil(name.length / 3);
  return markets
    .map((market) => ({ market, steps: editsBetween(name, market.symbol.toUpperCase()) }))
    .filter(({ steps }) => steps <= most)
    .toSorted((one, other) => one.steps - other.steps)
    .slice(0, OFFERS_MAX)
    .map(({ market }) => market);
}

/** How many letters have to be put in, taken out or replaced (Levenshtein's distance). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = row[j]! + (one[i] === other[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1]! + 1, next[j]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
