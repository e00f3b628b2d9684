/**
 * `npm run fit [DATA]`: fits the parameters of the price model and writes them, with how they were
 * obtained, into packages/onchain/src/parameters.ts. DATA is the folder that holds bitcoin/,
 * onchain-days/ and futures/; by default ../shared/data beside the repository.
 */
import path from 'node:path';
import process from 'node:process';
import { ensureReady, root, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
process.exitCode = await run(
  nodePath,
  [path.join(root, 'scripts', 'fit-price', 'main.ts'), ...process.argv.slice(2)],
  { env: toolEnv(nodePath) },
);
