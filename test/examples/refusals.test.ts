/** What the examples that run in a terminal make of a server that does not let them in. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Example, findExamples } from './examples.ts';
import { KEY, lockedServer } from './locked-server.ts';
import { RunningProgram } from './running-program.ts';

const examples = await findExamples();
const withKeys = examples.filter(({ unauthorized }) => unauthorized !== null);
const thatSayHowLong = examples.filter(({ waitSec }) => waitSec !== null);

function start(
  example: Example,
  serverUrl: string,
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const program = new RunningProgram(example, serverUrl, env);
  onTestFinished(() => program.end());
  return program;
}

/** A server that closes each connection at once. */
async function closing(code: number, reason: string): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (peer) => peer.close(code, reason));
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(examples)('$name ends when the server has closed it for good', async (example) => {
  const program = start(example, await closing(4500, 'ten errors'));
  await program.line(example.closedForGood);
  expect(await program.ended).toBe(example.exitCode);
});

test.each(withKeys)('$name without a key ends, and with one is let in', async (example) => {
  const url = await lockedServer();
  const stranger = start(example, url);
  await stranger.line(example.unauthorized!);
  expect(await stranger.ended).toBe(1);
  const known = start(example, url, { TIDEGAUGE_TOKEN: KEY });
  await Promise.all(example.shows.map(({ live }) => known.line(live)));
});

test.each(thatSayHowLong)('$name waits as long as a close asks for', async (example) => {
  const program = start(example, await closing(1012, 'reconnect after 3100 ms'));
  const line = await program.line(/reconnect after 3100 ms/);
  expect(Number(example.waitSec!.exec(line)?.[1])).toBe(3.1);
});

test.each(thatSayHowLong)('$name waits as long as a refusal asks for', async (example) => {
  const server = createServer();
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 47\r\ncontent-length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const program = start(example, `ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const line = await program.line(/refused with HTTP 503/);
  expect(Number(example.waitSec!.exec(line)?.[1])).toBe(47);
});
