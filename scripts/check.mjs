/** `npm run check`: types, format, lint, import direction, page size. Runs all, reports all. */
import process from 'node:process';
import { buildPage } from './build-page.mjs';
import { ensureReady, packageFile, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
const env = toolEnv(nodePath);
const steps = [
  ['types', packageFile('typescript', 'bin/tsc'), ['-b']],
  ['format and lint', packageFile('@biomejs/biome', 'bin/biome'), ['ci', '.']],
  [
    'promises, cycles, file and function size',
    packageFile('oxlint', 'bin/oxlint'),
    ['--type-aware'],
  ],
  ['import direction', 'scripts/check-imports.mjs', []],
  ['page size', 'scripts/check-page-size.mjs', []],
];

await buildPage(nodePath);
const failed = [];
for (const [name, script, args] of steps) {
  console.log(`\n== ${name}`);
  if ((await run(nodePath, [script, ...args], { env })) !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\ncheck: all good' : `\ncheck: failed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
