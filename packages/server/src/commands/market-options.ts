import { INTERVAL_NAMES, intervalSecOf } from '../sources/market-files/candle-interval.ts';
import { plainSymbol, SYMBOL_FORM } from '../sources/market-files/file-name.ts';

/** The value of `--symbol`, or null when it was not given; what is wrong is added to `problems`. */
export function symbolOption(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  const symbol = plainSymbol(text);
  if (symbol === null) problems.push(`--symbol: '${text}' is no symbol; allowed: ${SYMBOL_FORM}`);
  return symbol;
}

/** The value of `--interval` in seconds, as `symbolOption`. */
export function intervalOption(text: string | undefined, problems: string[]): number | null {
  if (text === undefined) return null;
  const intervalSec = intervalSecOf(text);
  if (intervalSec === null) {
    problems.push(`--interval: '${text}' is no length; allowed: ${INTERVAL_NAMES.join(', ')}`);
  }
  return intervalSec;
}
