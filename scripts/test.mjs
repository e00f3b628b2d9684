/** `npm test`: set up what is missing, build the page and the client, run every test with coverage. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildClient } from './build-client.mjs';
import { buildPage } from './build-page.mjs';
import { ensurePrograms } from './debian.mjs';
import { ensureNode20 } from './node-20.mjs';
import { runProblem } from './run-problem.mjs';
import { ensureReady, packageFile, root, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
ensurePrograms();
ensureNode20();
await buildPage(nodePath);
await buildClient(nodePath);

const resultsFile = path.join(root, '.cache', 'test-results.json');
mkdirSync(path.dirname(resultsFile), { recursive: true });
rmSync(resultsFile, { force: true });

const filters = process.argv.slice(2);
const coverage = filters.length === 0 ? ['--coverage'] : [];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`];
const code = await run(
  nodePath,
  [packageFile('vitest', 'vitest.mjs'), 'run', ...coverage, ...reporters, ...filters],
  { env: toolEnv(nodePath) },
);

let passed = 0;
let failed = 0;
let skipped = 0;
let tests = null;
try {
  const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
  tests = results.numTotalTests;
  passed = results.numPassedTests;
  failed = results.numFailedTests;
  skipped = results.numPendingTests + results.numTodoTests;
} catch (error) {
  console.error(`tidegauge: the test run left no results: ${error.message}`);
}
if (code !== 0 && failed === 0) {
  console.error(`tidegauge: ${runProblem({ filters, tests })}`);
  failed = 1;
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = code === 0 && passed > 0 ? 0 : 1;
