/** The WebSocket for Node in a process of its own, of this Node and of the host's Node 20. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { importScript } from '../../../test/package/installed-client.ts';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));
const TIMEOUT_MS = 20_000;

/**
 * Ends each connection in another way, and tells what it was sent, how it ended and what is still
 * open then. That the process ends by itself is part of the test.
 */
const PROGRAM = `
import { NodeWebSocket } from './node-socket.mjs';
const open = () => process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap');
const told = [];
for (const end of ['server', 'client', 'cut', 'mask']) {
  const socket = new NodeWebSocket(process.argv[2] + end, ['tidegauge.v1']);
  socket.onopen = () => socket.send('end by ' + end);
  let text = null;
  socket.onmessage = ({ data }) => {
    text = data;
    if (end === 'client') socket.close();
  };
  const { code } = await new Promise((resolve) => {
    socket.onclose = resolve;
  });
  await new Promise((resolve) => setImmediate(resolve));
  told.push({ text, code, open: open() });
}
console.log(JSON.stringify(told));
`;

/** Programs that Node 20 can run. */
function writeProgram(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of ['node-socket', 'node-frames', 'node-inflate']) {
    const source = readFileSync(path.join(SOURCE, `${name}.ts`), 'utf8');
    const script = stripTypeScriptTypes(source).replaceAll(
      /from '(\.[^']*)\.ts'/g,
      "from '$1.mjs'",
    );
    writeFileSync(path.join(directory, `${name}.mjs`), script);
  }
  const program = path.join(directory, 'program.mjs');
  writeFileSync(program, PROGRAM);
  return program;
}

async function listen(): Promise<string> {
  const perMessageDeflate = { threshold: 0 };
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  server.on('connection', (peer, request) => {
    const end = (): void => {
      if (request.url === '/server') peer.close(1012, 'reconnect after 17 ms');
      if (request.url === '/cut') request.socket.end();
      if (request.url === '/mask') request.socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
    };
    peer.on('message', (data) => peer.send((data as Buffer).toString(), end));
    peer.on('error', () => {});
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function checkIn(node: string): Promise<void> {
  const args = [writeProgram(), await listen()];
  const { stdout } = await promisify(execFile)(node, args, { timeout: TIMEOUT_MS });
  const codes = { server: 1012, client: 1000, cut: 1006, mask: 1002 };
  expect(JSON.parse(stdout)).toEqual(
    Object.entries(codes).map(([end, code]) => ({
      text: `end by ${end}`,
      code,
      open: [],
    })),
  );
}

test('this Node', async () => {
  await checkIn(process.execPath);
});

const { findNode20 } = (await importScript('node-20.mjs')) as {
  readonly findNode20: () => string | null;
};
const node20 = findNode20();
if (node20 === null) console.warn('no Node 20 here: its test of the WebSocket is skipped');

test.skipIf(node20 === null)('Node 20', async () => {
  await checkIn(node20!);
});
