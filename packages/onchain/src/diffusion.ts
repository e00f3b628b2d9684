/**
 * How a posterior over ln P spreads while time passes: a price moves by many small steps, now
 * and then by a larger one. Both are convolutions on the lattice that keep the total mass.
 */

const KERNEL_SIGMAS = 4;

/**
 * Kernel of a Gaussian move, one half with the centre first: `kernel[i]` is the mass i cells away.
 * Up to half a cell squared the three middle cells carry the variance exactly, so that many short
 * steps spread as far as one long one.
 *
 * @param varianceCells - variance of the move in cells squared
 * @param radiusMax - cells; a longer kernel is cut there and normalised
 */
export function gaussianKernel(varianceCells: number, radiusMax: number): Float64Array {
  if (varianceCells < 0.5) {
    return Float64Array.of(1 - varianceCells, varianceCells / 2);
  }
  const radius = Math.min(radiusMax, Math.ceil(KERNEL_SIGMAS * Math.sqrt(varianceCells)));
  const kernel = new Float64Array(radius + 1);
  let total = 0;
  for (let i = 0; i <= radius; i++) {
    kernel[i] = Math.exp((-i * i) / (2 * varianceCells));
    total += i === 0 ? kernel[i]! : 2 * kernel[i]!;
  }
  for (let i = 0; i <= radius; i++) kernel[i]! /= total;
  return kernel;
}

/** Convolves `mass` with a symmetric kernel into `out`; what would leave the lattice stays at its edge. */
export function convolve(mass: Float64Array, kernel: Float64Array, out: Float64Array): void {
  const last = mass.length - 1;
  const radius = kernel.length - 1;
  const centre = kernel[0]!;
  for (let i = 0; i <= last; i++) out[i] = mass[i]! * centre;
  for (let d = 1; d <= radius; d++) {
    const weight = kernel[d]!;
    const inner = last - d;
    for (let i = 0; i <= inner; i++) {
      out[i]! += weight * mass[i + d]!;
      out[i + d]! += weight * mass[i]!;
    }
    for (let i = Math.max(0, inner + 1); i <= last; i++) out[last]! += weight * mass[i]!;
    for (let i = 0; i < d && i <= last; i++) out[0]! += weight * mass[i]!;
  }
}

/**
 * Convolves `mass` with a two-sided exponential in place (forward and backward recursion), the
 * heavy-tailed part of a move.
 *
 * @param scaleCells - mean absolute move in cells
 */
export function spreadExponentially(mass: Float64Array, scaleCells: number): void {
  const keep = scaleCells / (1 + scaleCells);
  const last = mass.length - 1;
  let carried = mass[0]!;
  for (let i = 0; i <= last; i++) {
    carried = keep * carried + (1 - keep) * mass[i]!;
    mass[i] = carried;
  }
  carried = mass[last]!;
  for (let i = last; i >= 0; i--) {
    carried = keep * carried + (1 - keep) * mass[i]!;
    mass[i] = carried;
  }
}

/** Scales to a total of 1. @returns false when there was no mass to scale. */
export function normalise(mass: Float64Array): boolean {
  let total = 0;
  for (let i = 0; i < mass.length; i++) total += mass[i]!;
  if (!(total > 0)) return false;
  const factor = 1 / total;
  for (let i = 0; i < mass.length; i++) mass[i]! *= factor;
  return true;
}
