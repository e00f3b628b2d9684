/** `tidegauge replay` as a process: whoever reads its output may go away. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fileOf } from './files.ts';

const bin = fileURLToPath(new URL('../../bin/tidegauge.mjs', import.meta.url));

test('ends by itself, silently, when its reader has gone, as in `| head`', async () => {
  // Far more than a pipe holds, so that the end cannot come before the reader has left.
  const lines = Array.from({ length: 30_000 }, (_, i) =>
    JSON.stringify({ height: i, time: 1_713_571_767 + i, outputs: [] }),
  );
  const child = spawn(process.execPath, [bin, 'replay', fileOf('x.ndjson', lines.join('\n'))]);
  const said = text(child.stderr);
  const ended = once(child, 'close');
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  expect(first.toString()).toMatch(/^\{"time":1713571767,"height":0,/);
  child.stdout.destroy();
  expect(await ended).toEqual([0, null]);
  expect(await said).toBe('');
});
