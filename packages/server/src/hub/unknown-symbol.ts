import { quoteJson, shortened } from '@tidegauge/protocol';
import { nearMiss } from '../near-miss.ts';

/** Longer ones are no typing error, and comparing them would cost. */
const COMPARED_CHARS_MAX = 40;

/** What is wrong with a symbol that is not carried: with what was probably meant, and is allowed. */
export interface UnknownSymbol {
  readonly message: string;
  /** As it was given; a long one is shortened. */
  readonly symbol: string;
}

export function unknownSymbol(given: string, carried: readonly string[]): UnknownSymbol {
  const meant = meantSymbol(given, carried);
  const hint = meant === null ? '' : ` (did you mean ${meant}?)`;
  const allowed = carried.length === 0 ? 'none at present' : carried.join(', ');
  const message = `unknown symbol ${quoteJson(given)}${hint}; allowed: ${allowed}`;
  return { message, symbol: shortened(given) };
}

/** The carried symbol that was probably meant, such as BTCUSDT by btcusdt; null when none is. */
function meantSymbol(given: string, carried: readonly string[]): string | null {
  if (given.length > COMPARED_CHARS_MAX) return null;
  return nearMiss(given.toUpperCase(), carried);
}
