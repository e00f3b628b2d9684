/**
 * Finds a Node 20, the oldest that the client runs on: one on the PATH, else a pinned one from the
 * npm registry, kept in .cache.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fail, root } from './setup.mjs';

const PINNED = 'node@20.20.2';
const DIRECTORY = path.join(root, '.cache', 'node-20');
const windows = process.platform === 'win32';
const PROGRAM = windows ? 'node.exe' : 'node';

/** @returns the path of a Node 20 that is there already, or null */
export function findNode20() {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter((each) => each !== '');
  const pinned = path.join(DIRECTORY, 'node_modules', 'node', 'bin');
  const candidates = [...onPath, pinned].map((directory) => path.join(directory, PROGRAM));
  return candidates.find((file) => existsSync(file) && isNode20(file)) ?? null;
}

function isNode20(file) {
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.startsWith('v20.');
}

/**
 * Installs the pinned one where none is there. Where that is impossible the tests that need it are
 * skipped with a notice; under CI=true it is a failure.
 */
export function ensureNode20() {
  if (findNode20() !== null) return;
  console.error(`tidegauge: the tests need Node 20: installing ${PINNED} into .cache`);
  mkdirSync(DIRECTORY, { recursive: true });
  const args = ['install', '--no-save', '--ignore-scripts=false', '--prefix', DIRECTORY, PINNED];
  spawnSync('npm', args, { cwd: DIRECTORY, stdio: ['ignore', 2, 2], shell: windows });
  if (findNode20() !== null) return;
  const message = `missing for the tests: Node 20 (${PINNED} could not be installed)`;
  if (process.env.CI === 'true') fail(message);
  console.error(`tidegauge: ${message}. The tests that need it are skipped`);
}
