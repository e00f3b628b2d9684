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
