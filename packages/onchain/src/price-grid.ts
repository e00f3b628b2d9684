/**
 * The fixed lattice over ln P that the filter lives on, at two resolutions. Octaves are told
 * apart on the coarse one, which always spans everything; the price is read on the fine one,
 * which is only ever evaluated in a window around the coarse one's highest mode: everywhere, it would
 * cost some thirty times as much and say nothing more.
 */

/** Below the $1,000 that a price has to reach today, so that old blocks have their place too. */
const PRICE_USD_MIN = 100;
const PRICE_USD_MAX = 10_000_000;

/** Step of the fine lattice in ln P. */
export const FINE_STEP = 0.00025;
/** Step of the coarse lattice in ln P. */
export const COARSE_STEP = 0.001;
export const FINE_PER_COARSE = 4;

export const GRID_LOG_MIN: number = Math.log(PRICE_USD_MIN);
export const COARSE_CELLS: number =
  Math.ceil((Math.log(PRICE_USD_MAX) - GRID_LOG_MIN) / COARSE_STEP) + 1;
/** Half the width of the fine window, in fine cells: 5 % to either side. */
export const WINDOW_RADIUS = 200;
export const WINDOW_CELLS: number = 2 * WINDOW_RADIUS + 1;
