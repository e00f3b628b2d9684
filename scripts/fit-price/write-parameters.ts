import type { PriceParameters } from '../../packages/onchain/src/price-parameters.ts';
import { ROUND_AMOUNTS_USD } from '../../packages/onchain/src/round-amounts.ts';
import type { Popularity } from './popularity.ts';

function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The text of parameters.ts: the numbers and how they were obtained. */
export function parametersFile(
  parameters: PriceParameters,
  popularity: Popularity,
  scores: { readonly onFitted: string; readonly onOthers: string },
): string {
  const { toothWeights, ...numbers } = parameters;
  const samples = popularity.samples.map(
    ({ name, priceUsd, roundShare, votes }) =>
      ` * - ${name}: $${priceUsd.toFixed(0)}, ${(100 * roundShare).toFixed(1)} % of ${votes} amounts round`,
  );
  const weights = toothWeights.map(
    (weight, k) => `    ${significant(weight)}, // $${ROUND_AMOUNTS_USD[k]}`,
  );
  const lines = Object.entries(numbers).map(([name, value]) => `  ${name}: ${significant(value)},`);
  return `/**
 * The fitted numbers of the price model. Written by \`npm run fit\` (scripts/fit-price); not by hand.
 *
 * toothWeights and roundShare: expectation maximisation over the votes of real blocks and a real
 * mempool, smoothed towards decade x mantissa:
${samples.join('\n')}
 * octaveTemper, pilePower and jumpsPerDay were chosen by hand so that cold starts on parts of those
 * samples never take a wrong octave. All others: coordinate descent on every other week of block
 * data against hourly exchange prices.
 * - weeks fitted: ${scores.onFitted}
 * - other weeks: ${scores.onOthers}
 */
import type { PriceParameters } from './price-parameters.ts';

export const PRICE_PARAMETERS: PriceParameters = {
  toothWeights: [
${weights.join('\n')}
  ],
${lines.join('\n')}
};
`;
}
