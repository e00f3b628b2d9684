/**
 * What no market comes near: the coin of least price is at some 1e-10 USD, all coins together are
 * worth some 1e13. Beyond these bounds a number is a slip, and on a map one such row would leave
 * nothing else to be seen, for as long as it is kept.
 */
import type { Candle } from '@tidegauge/liquidations';

const PRICE_MIN_USD = 1e-12;
const PRICE_MAX_USD = 1e12;
const AMOUNT_MAX_USD = 1e15;
/**
 * Within one candle a price goes further only where an order book ran empty; futures are liquidated
 * by a mark price made of several markets, which does not go there.
 */
const HIGH_TO_LOW_MAX = 100;

/** What is impossible about a candle whose prices are in order; null: nothing. */
export function candleBoundsProblem({ high, low, close, volume }: Candle): string | null {
  const problem = priceBoundsProblem('high', high) ?? priceBoundsProblem('low', low);
  if (problem !== null) return problem;
  if (high > low * HIGH_TO_LOW_MAX) {
    return `high is ${high}, allowed: at most ${HIGH_TO_LOW_MAX} times the low, ${low}`;
  }
  if (volume * close <= AMOUNT_MAX_USD) return null;
  const allowed = `at most ${usd(AMOUNT_MAX_USD)} in one candle`;
  return `volume is ${volume}, at the close of ${close}, allowed: ${allowed}`;
}

export function priceBoundsProblem(name: string, priceUsd: number): string | null {
  if (priceUsd >= PRICE_MIN_USD && priceUsd <= PRICE_MAX_USD) return null;
  return `${name} is ${priceUsd}, allowed: ${PRICE_MIN_USD} to ${usd(PRICE_MAX_USD)}`;
}

export function amountBoundsProblem(name: string, amountUsd: number): string | null {
  if (amountUsd <= AMOUNT_MAX_USD) return null;
  return `${name} is ${usd(amountUsd)}, allowed: at most ${usd(AMOUNT_MAX_USD)}`;
}

function usd(amount: number): string {
  return `${amount.toExponential()} USD`;
}
