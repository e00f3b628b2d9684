/**
 * The round dollar amounts that people send: the teeth of the comb. Mantissas that occur at all
 * in prices and gifts, in every decade from $1 to $10,000; how often each is used is fitted
 * (parameters.ts), so a rare one costs nothing.
 */
const MANTISSAS: readonly number[] = [1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 7.5, 8, 9];
const AMOUNT_USD_MAX = 10_000;

/** USD, ascending. */
export const ROUND_AMOUNTS_USD: readonly number[] = [1, 10, 100, 1_000, 10_000]
  .flatMap((decade) => MANTISSAS.map((mantissa) => mantissa * decade))
  .filter((amountUsd) => Number.isInteger(amountUsd) && amountUsd <= AMOUNT_USD_MAX);

const SATS_PER_BTC = 1e8;
/** The comb that points are read on: coarse enough that a reading says something. */
const READING_AMOUNTS_USD: readonly number[] = [
  1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 1_000,
];
const READING_LOG: readonly number[] = READING_AMOUNTS_USD.map(Math.log);
const READING_DISTANCE_MAX = 0.25;

/**
 * Reads an output as a payment of the round amount nearest to it.
 *
 * @param amountSats - amount of the output
 * @param priceUsd - USD per BTC
 * @returns the USD price at which the output is exactly that amount, or null when none lies
 *   within 25 % of the price
 */
export function readAtRoundAmount(amountSats: number, priceUsd: number): number | null {
  const logUsd = Math.log((amountSats * priceUsd) / SATS_PER_BTC);
  let below = 0;
  let above = READING_LOG.length;
  while (below < above) {
    const middle = (below + above) >> 1;
    if (READING_LOG[middle]! < logUsd) below = middle + 1;
    else above = middle;
  }
  const nearest =
    below === 0 ||
    (below < READING_LOG.length && READING_LOG[below]! - logUsd < logUsd - READING_LOG[below - 1]!)
      ? below
      : below - 1;
  const reading = (READING_AMOUNTS_USD[nearest]! * SATS_PER_BTC) / amountSats;
  return Math.abs(reading / priceUsd - 1) <= READING_DISTANCE_MAX ? reading : null;
}
