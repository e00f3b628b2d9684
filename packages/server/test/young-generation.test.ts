import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../bin/tidegauge.mjs', import.meta.url));

/** Keeps the newest of many objects alive when the command is done, then tells V8's new space. */
const CHURN = `
  import v8 from 'node:v8';
  process.on('exit', () => {
    const kept = [];
    for (let i = 0; i < 3e6; i++) kept[i % 1e5] = { i };
    const space = v8.getHeapSpaceStatistics().find((each) => each.space_name === 'new_space');
    console.error('new_space ' + space.space_size);
  });`;

function newSpaceBytes(command: string): number {
  const churn = `data:text/javascript,${encodeURIComponent(CHURN)}`;
  const args = ['--import', churn, COMMAND, command, '--help'];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return Number(/new_space (\d+)/.exec(stderr)?.[1]);
}

test('the young generation of the server does not grow; that of a replay may', () => {
  expect(newSpaceBytes('serve')).toBeLessThan(4 * 1024 * 1024);
  expect(newSpaceBytes('replay')).toBeGreaterThan(4 * 1024 * 1024);
});
