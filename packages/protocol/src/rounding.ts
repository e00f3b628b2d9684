/** Decimals beyond which a step is taken for noise of the arithmetic: bitcoin has eight. */
const DECIMALS_MAX = 12;

/**
 * To the nearest 1/`steps`; dividing last gives the shortest decimal form. A number that is not
 * finite is a bug of the caller and throws a RangeError: JSON would turn it into null.
 */
export function round(value: number, steps: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`a number of a message is ${value}`);
  return Math.round(value * steps) / steps;
}

/** How many decimals it takes to write a step: 0 for 50, 1 for 0.5, 2 for 0.25. */
export function decimalsOf(step: number): number {
  let decimals = 0;
  while (decimals < DECIMALS_MAX && !isWhole(step * 10 ** decimals)) decimals++;
  return decimals;
}

/** Whole but for what binary fractions leave. */
function isWhole(value: number): boolean {
  const whole = Math.round(value);
  return whole !== 0 && Math.abs(value - whole) < 1e-6 * whole;
}
