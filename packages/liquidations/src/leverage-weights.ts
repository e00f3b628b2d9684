/** How opened positions spread over leverages, and how people write that down. */
import { survivesItsEntry } from './liquidation-price.ts';
import { MARKETS_MAINTENANCE_RATE } from './maintenance-tiers.ts';

/** A share of what is opened. */
export interface LeverageWeight {
  readonly leverage: number;
  /** Above 0; all of a mix together sum to 1. */
  readonly weight: number;
}

/** Sorted by leverage, no leverage twice. */
export type LeverageWeights = readonly LeverageWeight[];

export type ParsedLeverageWeights =
  | { readonly ok: true; readonly weights: LeverageWeights }
  | { readonly ok: false; readonly problem: string };

export const LEVERAGE_MAX = 1_000;
export const LEVERAGE_COUNT_MAX = 64;
/** Weights are given with few digits: a sum this close to 1 is meant to be 1. */
const SUM_TOLERANCE = 0.02;

const FORM = "write LEVERAGE:WEIGHT pairs such as '5:.15,10:.3,25:.25,50:.2,100:.1'";
const NUMBER = /^(?:\d+\.?\d*|\.\d+)$/;

function parsePair(pair: string, maintenanceRate: number): LeverageWeight | string {
  const [left, right, ...rest] = pair.split(':').map((part) => part.trim());
  if (left === undefined || right === undefined || rest.length > 0) {
    return `'${pair}' is not a pair: ${FORM}`;
  }
  const leverage = NUMBER.test(left) ? Number(left) : Number.NaN;
  if (!(leverage > 1 && leverage <= LEVERAGE_MAX)) {
    return `leverage '${left}' is not a number above 1 and up to ${LEVERAGE_MAX}`;
  }
  const weight = NUMBER.test(right) ? Number(right) : Number.NaN;
  if (!(weight > 0 && weight <= 1)) {
    return `weight '${right}' of leverage ${left} is not a number above 0 and up to 1`;
  }
  if (!survivesItsEntry(leverage, maintenanceRate)) {
    const percent = Number((100 * maintenanceRate).toPrecision(3));
    return (
      `leverage ${left} is liquidated where it is opened, as its margin of ` +
      `${Number((100 / leverage).toPrecision(3))} % does not exceed the maintenance margin of ` +
      `${percent} %: allowed are leverages below ${Number((1 / maintenanceRate).toPrecision(4))}`
    );
  }
  return { leverage, weight };
}

/**
 * Reads a mix of leverages such as `5:.15,10:.3,25:.25,50:.2,100:.1`. The weights have to sum to 1
 * within 0.02 and are then scaled to sum to it exactly.
 *
 * @param maintenanceRate - a leverage that would be liquidated at its entry is refused; without it
 *   the highest of the markets whose tiers are known, so that the mix serves each of them
 */
export function parseLeverageWeights(
  text: string,
  maintenanceRate: number = MARKETS_MAINTENANCE_RATE,
): ParsedLeverageWeights {
  const pairs = text.split(',');
  if (pairs.length > LEVERAGE_COUNT_MAX) {
    const problem = `${pairs.length} leverages are too many: allowed are ${LEVERAGE_COUNT_MAX}`;
    return { ok: false, problem };
  }
  const found = new Map<number, number>();
  for (const pair of pairs) {
    const parsed = parsePair(pair.trim(), maintenanceRate);
    if (typeof parsed === 'string') return { ok: false, problem: parsed };
    if (found.has(parsed.leverage)) {
      return { ok: false, problem: `leverage ${parsed.leverage} is given twice: give it once` };
    }
    found.set(parsed.leverage, parsed.weight);
  }
  const sum = [...found.values()].reduce((total, weight) => total + weight, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    const problem = `the weights sum to ${Number(sum.toPrecision(4))}: they have to sum to 1`;
    return { ok: false, problem };
  }
  const weights = [...found].sort(([a], [b]) => a - b);
  return { ok: true, weights: weights.map(([leverage, w]) => ({ leverage, weight: w / sum })) };
}
