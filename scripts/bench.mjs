/** `npm run bench [NAME...]`: runs the benchmarks in bench/, one process each, and prints their figures. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureReady, fail, root, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
const all = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) fail(`no bench named ${unknown.join(', ')}; there are: ${all.join(', ')}`);

for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n== ${name}`);
  const code = await run(nodePath, [path.join('bench', `${name}.bench.ts`)], {
    env: toolEnv(nodePath),
  });
  if (code !== 0) process.exitCode = 1;
}
