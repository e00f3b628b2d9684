/** Builds the dashboard with vite, only when its sources are newer than the last build. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fail, packageFile, root, run, toolEnv } from './setup.mjs';

const webDir = path.join(root, 'packages', 'web');

/**
 * When anything in a folder last changed, in ms. The folders' own times count too: they move when
 * a file is deleted or renamed. A build makes `dist` before it writes the page, so that counts
 * as no change after it.
 */
export function newestChangeMs(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(file).filter((name) => name !== 'dist' && name !== 'node_modules');
  return Math.max(stat.mtimeMs, ...names.map((name) => newestChangeMs(path.join(file, name))));
}

export async function buildPage(nodePath) {
  const built = path.join(webDir, 'dist', 'index.html');
  const sources = [
    webDir,
    path.join(root, 'packages', 'protocol'),
    path.join(root, 'packages', 'client'),
    path.join(root, 'package-lock.json'),
  ];
  const changedMs = Math.max(...sources.map(newestChangeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= changedMs) return;
  console.error('tidegauge: building the page');
  const vite = packageFile('vite', 'bin/vite.js');
  const code = await run(nodePath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: webDir,
    env: toolEnv(nodePath),
    stdio: ['ignore', 2, 2],
  });
  if (code !== 0) fail('the page could not be built (vite says why above)');
}
