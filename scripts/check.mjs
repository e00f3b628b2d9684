/** `npm run check`: types, format, lint, import direction, sizes, reference. Runs all, reports all. */
import process from 'node:process';
import { buildPage } from './build-page.mjs';
import { ensureReady, packageFile, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
const env = toolEnv(nodePath);
const steps = [
  { name: 'types', script: packageFile('typescript', 'bin/tsc'), args: ['-b'] },
  {
    name: 'format and lint',
    script: packageFile('@biomejs/biome', 'bin/biome'),
    args: ['ci', '.'],
  },
  {
    name: 'promises, cycles, file and function size',
    script: packageFile('oxlint', 'bin/oxlint'),
    args: ['--type-aware'],
  },
  { name: 'import direction', script: 'scripts/check-imports.mjs', args: [] },
  { name: 'page size', script: 'scripts/check-page-size.mjs', args: [] },
  { name: 'client size', script: 'scripts/check-client-size.mjs', args: [] },
  {
    name: 'reference of the client',
    script: 'scripts/reference/write-reference.mjs',
    args: ['--check'],
  },
];

await buildPage(nodePath);
const failed = [];
for (const { name, script, args } of steps) {
  console.log(`\n== ${name}`);
  if ((await run(nodePath, [script, ...args], { env })) !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\ncheck: all good' : `\ncheck: failed: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
