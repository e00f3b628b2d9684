/**
 * How near to a round number of bitcoin counts as round, relative to it. Almost all of the pile is
 * exact: of 5,641 amounts of the mempool of March 2024 620 have at most two significant digits,
 * and 5 more lie within 2e-5 of such a number, where an even spread would put 9; in block 702861
 * it is 162 exact and 5 near (6 expected). Only block 413567 (2016) shows a fringe: 672 exact and
 * 12 within 2e-5 (4 expected), nothing further out. Taking the fringe out costs 0.16 % of all other
 * amounts.
 */
const ROUND_DISTANCE_MAX = 2e-5;

/**
 * Whether an amount has at most two significant digits in satoshi, or lies close around such a
 * number: somebody counted in bitcoin, and it says nothing about dollars.
 */
export function roundInBitcoin(amountSats: number): boolean {
  let unit = 1;
  while (amountSats >= unit * 100) unit *= 10;
  const nearest = Math.round(amountSats / unit) * unit;
  return Math.abs(amountSats - nearest) <= nearest * ROUND_DISTANCE_MAX;
}
