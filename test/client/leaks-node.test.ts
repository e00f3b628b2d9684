/** After `close()` nothing is left in Node: no socket, no timer, no client. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { importScript, ROOT } from '../package/installed-client.ts';
import { type Behaviour, HostileServer } from './hostile-server.ts';
import { EPOCH, price, snapshot } from './messages.ts';

const PROGRAM = path.join(ROOT, 'test', 'client', 'leak-program.mjs');
const CLIENT = path.join(ROOT, 'packages', 'client');
/** The process is ended when it does not end by itself, which fails the test. */
const ENDS_WITHIN_MS = 50_000;
/** What the WebSocket for Node waits for a server that does not answer its close: 3 s, and some. */
const CLOSES_WITHIN_MS = 8_000;
/** What 200 rounds may leave: a client alone has more than 10 KB. */
const HEAP_GROWTH_MAX_BYTES = 1_000_000;

/** Does to each who comes what the path is named after. */
const byPath: Behaviour = {
  onRequest: (visit) => {
    const [, name] = visit.target.split('/');
    const { kind } = visit;
    if (name === 'silent') return;
    if (name === 'deaf' && kind === 'try') visit.letInDeaf();
    else if (name === 'no-answer' && kind === 'why') return;
    else if (name === 'polls' && visit.target.includes('/api/v1/heatmap')) {
      visit.respond(200, snapshot(1));
    } else if (name === 'polls' && kind === 'poll') {
      visit.respond(200, { epoch: EPOCH, update_interval_ms: 500, messages: [price(1)] });
    } else visit.socket.destroy();
  },
};

let well: RealServer;
beforeAll(async () => {
  well = await startServer(0, { MEMPOOL_UPDATE_INTERVAL_MS: '100' });
});
afterAll(() => well?.end('SIGKILL'));

interface Told {
  readonly states: readonly {
    readonly name: string;
    readonly state: string;
    readonly before: readonly string[];
    readonly tookMs: number;
  }[];
  readonly heapGrowth: number;
  readonly kept: number;
  readonly open: readonly string[];
}

async function check(node: string, entry: string): Promise<void> {
  const hostile = await HostileServer.start(byPath);
  const args = ['--expose-gc', PROGRAM, path.join(CLIENT, entry), hostile.url, well.url];
  const { stdout } = await promisify(execFile)(node, args, { timeout: ENDS_WITHIN_MS });
  const told = JSON.parse(stdout) as Told;
  const states = Object.fromEntries(told.states.map(({ name, state }) => [name, state]));
  expect(states).toEqual({
    idle: 'idle',
    live: 'live',
    connecting: 'connecting',
    waiting: 'reconnecting',
    polling: 'polling',
    asking: 'reconnecting',
    token: 'connecting',
    deaf: 'connecting',
  });
  for (const { name, before, tookMs } of told.states) {
    // While a token is waited for there may be nothing to hold.
    if (name !== 'token') expect([name, before.length > 0]).toEqual([name, name !== 'idle']);
    expect([name, tookMs < CLOSES_WITHIN_MS]).toEqual([name, true]);
  }
  expect(told.open).toEqual([]);
  expect(told.kept).toBe(0);
  expect(told.heapGrowth).toBeLessThan(HEAP_GROWTH_MAX_BYTES);
  await expect.poll(() => hostile.open).toBe(0);
}

test('from its source, on this Node', { timeout: ENDS_WITHIN_MS }, async () => {
  await check(process.execPath, 'src/node.ts');
});

const { findNode20 } = (await importScript('node-20.mjs')) as {
  readonly findNode20: () => string | null;
};
const node20 = findNode20();
if (node20 === null) console.error('tidegauge: no Node 20 here: its test for leaks is skipped');

test.skipIf(node20 === null)('built, on Node 20', { timeout: ENDS_WITHIN_MS }, async () => {
  const { buildClient } = (await importScript('build-client.mjs')) as {
    readonly buildClient: (nodePath: string) => Promise<void>;
  };
  await buildClient(process.execPath);
  await check(node20!, 'dist/node.js');
});
