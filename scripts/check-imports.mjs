/**
 * Holds imports to the direction of ARCHITECTURE.md. Between packages: protocol <- onchain,
 * liquidations <- server, protocol <- client <- web. Inside the server each layer sees only what stands
 * before it. The pure packages import nothing from outside themselves and never ask for time or
 * chance.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { root } from './setup.mjs';

const PACKAGES = {
  protocol: [],
  onchain: ['@tidegauge/protocol'],
  liquidations: ['@tidegauge/protocol'],
  server: ['@tidegauge/protocol', '@tidegauge/onchain', '@tidegauge/liquidations'],
  client: ['@tidegauge/protocol'],
  web: ['@tidegauge/protocol', '@tidegauge/client'],
};
const PURE = new Set(['protocol', 'onchain', 'liquidations']);
/** Folders of the server, first to last; files directly in src may be used by every layer. */
const LAYERS = [
  'sources',
  'store',
  'pipelines',
  'broker',
  'access',
  'hub',
  'http',
  'workers',
  'load',
  'commands',
];
const IMPORT =
  /(?:^|\s)(?:import|export)\s[^'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;
const IMPURE = /\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bprocess\.|\bglobalThis\b/;

const problems = [];

function* sourceFiles(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(file);
    else if (/\.(ts|mjs)$/.test(entry.name)) yield file;
  }
}

function checkPackageImport(pkg, file, target) {
  if (target.startsWith('@tidegauge/') || target === 'tidegauge') {
    if (!PACKAGES[pkg].includes(target)) problems.push(`${file}: ${pkg} must not import ${target}`);
  } else if (PURE.has(pkg)) {
    problems.push(`${file}: the pure package ${pkg} must not import ${target}`);
  }
}

function checkRelativeImport(pkg, src, file, target) {
  const resolved = path.relative(src, path.resolve(path.dirname(path.join(root, file)), target));
  if (resolved.startsWith('..'))
    problems.push(`${file}: imports ${target} from outside its package`);
  if (pkg !== 'server') return;
  const from = path.relative(src, path.join(root, file)).split(path.sep)[0];
  const to = resolved.split(path.sep)[0];
  if (to === 'main.ts') problems.push(`${file}: nothing imports main`);
  if (LAYERS.includes(from) && LAYERS.includes(to) && LAYERS.indexOf(to) > LAYERS.indexOf(from)) {
    problems.push(`${file}: ${from} must not import ${to}`);
  }
}

for (const pkg of Object.keys(PACKAGES)) {
  const src = path.join(root, 'packages', pkg, 'src');
  for (const absolute of sourceFiles(src)) {
    const file = path.relative(root, absolute);
    const text = readFileSync(absolute, 'utf8');
    for (const match of text.matchAll(IMPORT)) {
      const target = match[1] ?? match[2] ?? match[3];
      if (target.startsWith('.')) checkRelativeImport(pkg, src, file, target);
      else checkPackageImport(pkg, file, target);
    }
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const impure = PURE.has(pkg) && IMPURE.exec(code);
    if (impure) problems.push(`${file}: ${impure[0]} in a pure package: take it as an argument`);
  }
}

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log('imports point one way');
process.exitCode = problems.length === 0 ? 0 : 1;
