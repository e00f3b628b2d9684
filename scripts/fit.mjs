/**
 * `npm run fit [DATA]`: fits the parameters of the price model and writes them, with how they were
 * obtained, into packages/onchain/src/parameters.ts. `npm run fit -- liquidations [DATA]`: the same
 * for the liquidation model, into packages/liquidations/src/parameters.ts. DATA is the folder that
 * holds bitcoin/, onchain-days/ and futures/; by default ../shared/data beside the repository.
 */
import path from 'node:path';
import process from 'node:process';
import { ensureReady, root, run, toolEnv } from './setup.mjs';

const HELP = `npm run fit [DATA]                   fits the price model
npm run fit -- liquidations [DATA]   fits the liquidation model

DATA holds bitcoin/, onchain-days/ and futures/; by default ../shared/data.`;

const nodePath = ensureReady();
const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(HELP);
} else {
  const liquidations = args[0] === 'liquidations';
  const tool = liquidations ? 'fit-liquidations' : 'fit-price';
  process.exitCode = await run(
    nodePath,
    [path.join(root, 'scripts', tool, 'main.ts'), ...(liquidations ? args.slice(1) : args)],
    { env: toolEnv(nodePath) },
  );
}
