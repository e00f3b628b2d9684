/**
 * Where one position is liquidated: isolated margin, linear contract.
 *
 * A position of one unit opened at E with leverage L puts up E/L. Its venue closes it when what is
 * left of that no longer covers the maintenance margin m·P at the price P:
 *
 *   long:  E/L + (P - E) = m·P   so   P = E·(1 - 1/L) / (1 - m)
 *   short: E/L + (E - P) = m·P   so   P = E·(1 + 1/L) / (1 + m)
 *
 * Fees and funding are left out. The maintenance margin is not divided by the leverage.
 */
import type { Side } from './candle.ts';

/** The venues' usual rate for small positions in the large coins. */
export const DEFAULT_MAINTENANCE_RATE = 0.004;

/**
 * What an entry price is multiplied by to give the liquidation price.
 *
 * @param maintenanceRate - maintenance margin as a share of the position's value, 0.004 = 0.4 %
 */
export function liquidationFactor(side: Side, leverage: number, maintenanceRate: number): number {
  return side === 'long'
    ? (1 - 1 / leverage) / (1 - maintenanceRate)
    : (1 + 1 / leverage) / (1 + maintenanceRate);
}

/** The price at which a position is liquidated, in the unit of its entry price. */
export function liquidationPrice(
  side: Side,
  entryUsd: number,
  leverage: number,
  maintenanceRate: number,
): number {
  return entryUsd * liquidationFactor(side, leverage, maintenanceRate);
}

/** Whether both liquidation prices lie beyond the entry: a long's below it, a short's above. */
export function survivesItsEntry(leverage: number, maintenanceRate: number): boolean {
  return (
    liquidationFactor('long', leverage, maintenanceRate) < 1 &&
    liquidationFactor('short', leverage, maintenanceRate) > 1
  );
}
