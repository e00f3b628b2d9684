/** `npm start`: set up what is missing, build the page when it changed, run the server. */
import path from 'node:path';
import process from 'node:process';
import { buildPage } from './build-page.mjs';
import { ensureReady, root, run, toolEnv } from './setup.mjs';

const nodePath = ensureReady();
await buildPage(nodePath);

endWithParent();
const watch = process.argv[2] === '--watch';
const args = process.argv.slice(watch ? 3 : 2);
const main = path.join(root, 'packages', 'server', 'bin', 'tidegauge.mjs');
process.exitCode = await run(nodePath, [...(watch ? ['--watch'] : []), main, 'serve', ...args], {
  env: toolEnv(nodePath),
});

/**
 * npm passes Ctrl-C on but not being killed, and a server that nobody knows of would keep the port:
 * when the parent is gone this process ends as if told to, and the server with it, in order.
 */
function endWithParent() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}
