import type { LiquidationParameters } from '../../packages/liquidations/src/liquidation-parameters.ts';

/** How the parameters were obtained, one line each. */
export interface Origin {
  readonly span: string;
  readonly scores: readonly string[];
}

function significant(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function list(items: readonly object[]): string {
  const lines = items.map((item) => {
    const fields = Object.entries(item).map(([name, value]) => `${name}: ${significant(value)}`);
    return `    { ${fields.join(', ')} },`;
  });
  return `[\n${lines.join('\n')}\n  ]`;
}

/** The text of parameters.ts: the numbers and how they were obtained. */
export function parametersFile(parameters: LiquidationParameters, origin: Origin): string {
  const { leverageWeights, entryPoints, crowds, ...numbers } = parameters;
  const rest = Object.entries(numbers).map(([name, value]) => `  ${name}: ${significant(value)},`);
  return `/**
 * The fitted numbers of the liquidation model. Written by \`npm run fit -- liquidations\`
 * (scripts/fit-liquidations); not by hand.
 *
 * Data: ${origin.span}.
 * Objective: rank correlation with what was liquidated, both sides, over all windows and within
 * quarters of them; then one scale for the volume, without the largest 1 % of windows, for a
 * history that begins at its mean open interest. This one begins a third above it, which shows in
 * the volumes.
 * entryPoints, fallShare, usualHalfLifeSec, the leverages and the form of the model were chosen
 * while looking at all of this data; the numbers below were then fitted on the parts named.
${origin.scores.map((line) => ` * - ${line}`).join('\n')}
 */
import type { LiquidationParameters } from './liquidation-parameters.ts';

export const LEARNED_PARAMETERS: LiquidationParameters = {
  leverageWeights: ${list(leverageWeights)},
  entryPoints: ${list(entryPoints)},
  crowds: ${list(crowds)},
${rest.join('\n')}
};
`;
}
