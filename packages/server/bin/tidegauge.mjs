#!/usr/bin/env node
/**
 * The command `tidegauge`. Plain JavaScript, so that a Node too old for the program itself can
 * still say so, or hand over to the pinned copy beside it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const NODE_MAJOR_MIN = 24;

/**
 * Queries of the database run on libuv's threads, of which there are 4 by default: six heavy ones
 * kept a file from being read for 2.5 s, with 16 threads for 0.04 s. libuv looks at this when the
 * first of them is needed, which nothing before here does.
 */
process.env.UV_THREADPOOL_SIZE ??= '16';

/**
 * Nearly all that is allocated here is garbage at once, and V8 lets its young generation grow by
 * tens of MB on it. Kept at its first size: 7 s after the start of the demo, when its 3 h of
 * history are in, the process holds 235 instead of 327 MB, for 3.2 instead of 3.4 s of CPU (medians
 * of 6 runs in turn, Node 24.21, 2 cores). The largest size can only be given before V8 starts,
 * this at any time. Commands that are over in seconds got 6 to 8 % slower by it and are let be.
 */
const BRIEF = ['replay', 'ingest', 'backtest'];
if (!BRIEF.includes(process.argv[2])) v8.setFlagsFromString('--semi-space-growth-factor=1');

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  const { main } = await import('../src/main.ts');
  await main(process.argv.slice(2));
} else {
  handOver(fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url)));
}

function handOver(pinned) {
  if (!existsSync(pinned)) {
    console.error(
      `tidegauge: Node ${NODE_MAJOR_MIN} or newer is needed, this is ${process.version}. ` +
        'Install it from nodejs.org, or in a clone run: npm rebuild node --ignore-scripts=false',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
