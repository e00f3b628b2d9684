/**
 * `npm run bench -- [NAME...]`: runs the benchmarks in bench/, one process each, and prints their
 * figures. Words behind `fan-out` or `page` that name no bench are rows of it.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ensureReady, fail, root, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
const all = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));
const takesRows = ['fan-out', 'page'];
/** @type {{ name: string, args: string[] }[]} */
const wanted = [];
for (const word of process.argv.slice(2)) {
  if (all.includes(word)) wanted.push({ name: word, args: [] });
  else if (takesRows.includes(wanted.at(-1)?.name)) wanted.at(-1).args.push(word);
  else fail(`no bench named ${word}; there are: ${all.join(', ')}`);
}
const chosen = wanted.length > 0 ? wanted : all.map((name) => ({ name, args: [] }));

for (const { name, args } of chosen) {
  console.log(`\n== ${name}`);
  const code = await run(nodePath, [path.join('bench', `${name}.bench.ts`), ...args], {
    env: toolEnv(nodePath),
  });
  if (code !== 0) process.exitCode = 1;
}
