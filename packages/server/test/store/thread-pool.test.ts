import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../bin/tidegauge.mjs', import.meta.url));

/** When the command is done: tells in which order a file's stat and slow hashes come to an end. */
const RACE = `
  import { pbkdf2 } from 'node:crypto';
  import { stat } from 'node:fs';
  process.once('beforeExit', () => {
    const order = [];
    const ended = (what) => () => {
      if (order.push(what) === 9) console.error(order.join(' '));
    };
    for (let i = 0; i < 8; i += 1) pbkdf2('', '', 300_000, 32, 'sha256', ended('hash'));
    stat('.', ended('stat'));
  });`;

function orderOf(poolSize: string | undefined): string {
  const race = `data:text/javascript,${encodeURIComponent(RACE)}`;
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
  const { stderr } = spawnSync(process.execPath, ['--import', race, COMMAND, '--help'], {
    encoding: 'utf8',
    env: poolSize === undefined ? env : { ...env, UV_THREADPOOL_SIZE: poolSize },
  });
  return stderr;
}

test('eight slow tasks leave threads for files, unless a smaller pool is asked for', () => {
  expect(orderOf(undefined)).toMatch(/^stat( hash){8}\n$/);
  expect(orderOf('4')).toMatch(/^hash.* stat/);
});
