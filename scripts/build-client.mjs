/**
 * Builds what is published of the client, packages/client/dist, only when its sources are newer
 * than the last build. `node scripts/build-client.mjs` does it by hand.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { newestChangeMs } from './build-page.mjs';
import { ensureReady, fail, packageFile, root, run, toolEnv } from './setup.mjs';

const clientDir = path.join(root, 'packages', 'client');
export const clientDist = path.join(clientDir, 'dist');

/** All that the package is made of; tests are not. */
const SOURCES = [
  ...['src', 'package.json', 'README.md', 'CHANGELOG.md'].map((name) => path.join(clientDir, name)),
  path.join(root, 'LICENSE'),
  path.join(root, 'package-lock.json'),
  path.join(root, 'packages', 'protocol', 'src'),
  path.join(root, 'scripts', 'client-package'),
];

export async function buildClient(nodePath) {
  const manifest = path.join(clientDist, 'package.json');
  const changedMs = Math.ceil(Math.max(...SOURCES.map(newestChangeMs)));
  if (existsSync(manifest) && statSync(manifest).mtimeMs >= changedMs) return;
  console.error('tidegauge: building the client');
  const work = mkdtempSync(path.join(cacheDir(), 'client-'));
  const made = path.join(work, 'made');
  const isMade = await make(nodePath, made);
  if (isMade) {
    // It counts as old as its sources were at the beginning: what changed meanwhile is newer.
    utimesSync(path.join(made, 'package.json'), changedMs / 1000, changedMs / 1000);
    putInPlace(made, path.join(work, 'before'));
  }
  rmSync(work, { recursive: true, force: true });
  if (!isMade) fail('the client could not be built (what is wrong stands above)');
}

/** Declarations by the compiler, which also finds what is wrong; then the package out of both. */
async function make(nodePath, directory) {
  const options = { env: toolEnv(nodePath), stdio: ['ignore', 2, 2] };
  const project = path.join(clientDir, 'tsconfig.node.json');
  const compile = [packageFile('typescript', 'bin/tsc'), '-b', project];
  const write = [path.join(root, 'scripts', 'client-package', 'main.ts'), directory];
  return (
    (await run(nodePath, compile, options)) === 0 && (await run(nodePath, write, options)) === 0
  );
}

/** Whoever reads the package finds a whole one; of two builds at once the first is kept. */
function putInPlace(made, before) {
  if (existsSync(clientDist)) renameSync(clientDist, before);
  try {
    renameSync(made, clientDist);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

function cacheDir() {
  const directory = path.join(root, '.cache');
  mkdirSync(directory, { recursive: true });
  return directory;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient(ensureReady());
