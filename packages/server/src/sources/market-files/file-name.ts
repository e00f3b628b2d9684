/** What the names of files tell. */
import { INTERVAL_NAMES, intervalSecOf } from './candle-interval.ts';

const QUOTES = 'USDT|USDC|FDUSD|BUSD|USD';
/** BTCUSDT, BTC-USDT-SWAP, BTC_USDT_USDT, BTCUSD_PERP, BTCUSD_260327; the base holds a letter. */
const PAIR = new RegExp(
  `(?<![A-Z0-9])(?=\\d*[A-Z])([A-Z0-9]{1,15}?)[-_]?(${QUOTES})(_PERP|_\\d{6})?(?![A-Z0-9])`,
);
/** Open interest over all exchanges stands under the coin alone. */
const COIN_ALONE = /(?<![A-Z0-9])([A-Z0-9]{2,15})[-_]open[-_]interest/;
const INTERVAL = new RegExp(`(?<![A-Za-z0-9])(${INTERVAL_NAMES.join('|')})(?![A-Za-z0-9])`);
const SYMBOL = /^[A-Z0-9]{2,20}(_[A-Z0-9]{1,10})?$/;

/** In words, for messages. */
export const SYMBOL_FORM = 'capital letters and digits, such as BTCUSDT';

/**
 * The symbol in the name of a file, such as BTCUSDT in BTCUSDT-5m-2026-01.zip and SOLUSDT in
 * okx_SOL-USDT-SWAP_ohlcv_1m.csv; of a coin's open interest its USDT perpetual. Null: none.
 */
export function symbolInName(name: string): string | null {
  const pair = PAIR.exec(name);
  if (pair !== null) return `${pair[1]}${pair[2]}${pair[3] ?? ''}`;
  const coin = COIN_ALONE.exec(name);
  return coin === null ? null : `${coin[1]}USDT`;
}

/** The length of candles in the name of a file, seconds; null: none, or several that differ. */
export function intervalInName(name: string): number | null {
  const found = INTERVAL.exec(name);
  return found === null ? null : intervalSecOf(found[1]!);
}

/** Whether the name says that the file holds open interest. */
export function saysOpenInterest(name: string): boolean {
  return /open[-_ ]?interest/i.test(name);
}

/**
 * The plain name of a symbol as exchanges write it: BTC-USDT-SWAP, BTC/USDT:USDT and btcusdt are
 * BTCUSDT; contracts settled in coin keep their ending (BTCUSD_PERP). Null: no symbol.
 */
export function plainSymbol(text: string): string | null {
  const upper = text.trim().toUpperCase().replace(/:.*$/, '').replaceAll('/', '');
  const plain = upper.replace(/-SWAP$/, '').replaceAll('-', '');
  return SYMBOL.test(plain) ? plain : null;
}

/** Whether the contract is settled in coin and counted in contracts of fixed USD (Binance COIN-M). */
export function isCoinMargined(symbol: string): boolean {
  return /USD_(PERP|\d{6})$/.test(symbol);
}
