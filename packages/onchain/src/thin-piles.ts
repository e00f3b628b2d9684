/**
 * Outputs of much the same amount in one slot come from fewer senders than there are outputs. A
 * pile still tells where its tooth is, but the sizes of piles beside each other, by which one octave
 * is told from another, say less than their counts: n of them count as n^(1 - power).
 */

/** What belongs to the pile of an amount, to either side. */
const PILE_REACH_LOG = 0.005;

/**
 * @param sortedLogs - ln of the amounts, ascending
 * @param weights - how much each counts by itself
 * @param power - 0 leaves the weights, 0.5 makes a pile count as the square root of its size
 */
export function thinPiles(
  sortedLogs: Float64Array,
  weights: Float64Array,
  power: number,
): Float64Array {
  const thinned = new Float64Array(sortedLogs.length);
  let from = 0;
  let to = 0;
  let size = 0;
  for (let i = 0; i < sortedLogs.length; i++) {
    const log = sortedLogs[i]!;
    while (to < sortedLogs.length && sortedLogs[to]! <= log + PILE_REACH_LOG)
      size += weights[to++]!;
    while (sortedLogs[from]! < log - PILE_REACH_LOG) size -= weights[from++]!;
    thinned[i] = weights[i]! * Math.max(1, size) ** -power;
  }
  return thinned;
}
