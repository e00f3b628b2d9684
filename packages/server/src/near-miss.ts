/** A typing error in a long name: a letter or three. Shorter names get less, or all would match. */
const DISTANCE_MAX = 3;

/** The candidate that was probably meant, or null when none is close. */
export function nearMiss(given: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(given, candidate);
    if (distance < bestDistance && distance <= distanceMax(candidate)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceMax(name: string): number {
  return Math.min(DISTANCE_MAX, Math.floor(name.length / 3));
}

/**
 * Letters to insert, remove, replace or swap with a neighbour (optimal string alignment), row by
 * row over the table of prefixes.
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + replaced,
      );
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, before[column - 2]! + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
