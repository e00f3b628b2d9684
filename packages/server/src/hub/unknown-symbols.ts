import { quoteJson } from '@tidegauge/protocol';
import { nearMiss } from '../near-miss.ts';

/** Longer ones are no typing error, and comparing them would cost. */
const COMPARED_CHARS_MAX = 40;

/** Symbols that are not carried, in words: with what was probably meant, and what is allowed. */
export function unknownSymbols(given: readonly string[], carried: readonly string[]): string {
  const names = given.map((symbol) => {
    const meant = meantSymbol(symbol, carried);
    return meant === null ? quoteJson(symbol) : `${quoteJson(symbol)} (did you mean ${meant}?)`;
  });
  const allowed = carried.length === 0 ? 'none at present' : carried.join(', ');
  return `unknown symbol ${names.join(', ')}; allowed: ${allowed}`;
}

/** The carried symbol that was probably meant, such as BTCUSDT by btcusdt; null when none is. */
export function meantSymbol(given: string, carried: readonly string[]): string | null {
  if (given.length > COMPARED_CHARS_MAX) return null;
  return nearMiss(given.toUpperCase(), carried);
}
