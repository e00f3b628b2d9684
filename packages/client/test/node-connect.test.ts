/** `connect` as a program in Node has it: what is left of it once it is closed. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { RawServer } from './raw-server.ts';

const CLIENT = fileURLToPath(new URL('../src/node.ts', import.meta.url));

/** Closes when it is told to; what it then still has open keeps it alive. */
const PROGRAM = `
import { connect } from ${JSON.stringify(CLIENT)};
const tide = connect(process.argv[1]);
tide.price();
process.stdin.on('data', () => {
  process.stdin.destroy();
  tide.close();
  tide.close();
});
`;

test('a line that went dead does not keep the process', { timeout: 20_000 }, async () => {
  const raw = await RawServer.start();
  const args = ['--input-type=module', '--eval', PROGRAM, raw.url];
  const run = promisify(execFile)(process.execPath, args);
  const server = await raw.connection();
  server.write(server.answer());
  expect((await server.frame()).payload.toString()).toContain('price');
  // From here on the server answers nothing, not even the end.
  run.child.stdin!.write('close');
  expect(await run).toEqual({ stdout: '', stderr: '' });
});
