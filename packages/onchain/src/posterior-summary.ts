/** Reads numbers off a posterior on a lattice: its modes and its quantiles. */

export interface Mode {
  /** Centre, in cells. */
  readonly cell: number;
  readonly mass: number;
}

function heaviestWindow(
  cumulative: Float64Array,
  radius: number,
  excluded: { from: number; to: number } | null,
): Mode {
  const cells = cumulative.length - 1;
  let best = -1;
  let bestMass = -1;
  for (let cell = 0; cell < cells; cell++) {
    if (excluded && cell > excluded.from && cell < excluded.to) continue;
    const from = Math.max(0, cell - radius);
    const to = Math.min(cells, cell + radius + 1);
    const mass = cumulative[to]! - cumulative[from]!;
    if (mass > bestMass + 1e-12) {
      bestMass = mass;
      best = cell;
    }
  }
  return { cell: middleOf(cumulative, best, radius), mass: bestMass };
}

/** Where half of a window's mass lies: every window that holds a narrow peak whole is as heavy. */
function middleOf(cumulative: Float64Array, cell: number, radius: number): number {
  const from = Math.max(0, cell - radius);
  const to = Math.min(cumulative.length - 1, cell + radius + 1);
  const half = (cumulative[from]! + cumulative[to]!) / 2;
  let middle = from;
  while (middle < to - 1 && cumulative[middle + 1]! < half) middle++;
  return middle;
}

/**
 * The two heaviest modes that lie more than `apart` cells from each other.
 *
 * @param mass - normalised
 * @param radius - cells to either side that belong to a mode
 */
export function twoModes(mass: Float64Array, radius: number, apart: number): [Mode, Mode] {
  const cumulative = new Float64Array(mass.length + 1);
  for (let i = 0; i < mass.length; i++) cumulative[i + 1] = cumulative[i]! + mass[i]!;
  const first = heaviestWindow(cumulative, radius, null);
  const reach = apart + radius;
  const second = heaviestWindow(cumulative, radius, {
    from: first.cell - reach,
    to: first.cell + reach,
  });
  return [first, second];
}

/**
 * Quantiles of a normalised posterior, in cells, linear within a cell (cell i spans i - 0.5 to
 * i + 0.5).
 *
 * @param shares - ascending, each between 0 and 1
 */
export function quantiles(mass: Float64Array, shares: readonly number[]): number[] {
  const found: number[] = [];
  let below = 0;
  for (let cell = 0; cell < mass.length && found.length < shares.length; cell++) {
    const here = mass[cell]!;
    while (found.length < shares.length && below + here >= shares[found.length]! && here > 0) {
      found.push(cell - 0.5 + (shares[found.length]! - below) / here);
    }
    below += here;
  }
  while (found.length < shares.length) found.push(mass.length - 0.5);
  return found;
}

/** Mass between two positions in cells, with the share of the cells that they cut. */
export function massBetween(mass: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let cell = 0; cell < mass.length; cell++) {
    const overlap = Math.min(to, cell + 0.5) - Math.max(from, cell - 0.5);
    if (overlap > 0) total += mass[cell]! * Math.min(1, overlap);
  }
  return total;
}
