/** The process of a worker by itself: how it ends when it is not sound, or left alone. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { FromWorker, ToWorker } from '../../src/workers/messages.ts';
import { Client, testConfig } from '../http-harness.ts';

const ENTRY = fileURLToPath(new URL('../../src/workers/worker-main.ts', import.meta.url));

let child: ChildProcess;
const heard: FromWorker[] = [];

function begin(): { stderr: Promise<string>; ended: Promise<unknown[]> } {
  heard.length = 0;
  child = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  child.on('message', (messages) => heard.push(...(messages as FromWorker[])));
  return { stderr: text(child.stderr!), ended: once(child, 'exit') };
}

function tell(...messages: ToWorker[]): void {
  child.send(messages);
}

function start(config: Parameters<typeof testConfig>[0]): ToWorker {
  return {
    kind: 'start',
    config: testConfig(config),
    upstream: '/nonexistent/http',
    epoch: 'k3x9',
    demo: { price: false, heatmap: false },
    symbols: [],
  };
}

afterEach(() => {
  child.kill('SIGKILL');
});

async function hear<Kind extends FromWorker['kind']>(
  kind: Kind,
): Promise<Extract<FromWorker, { readonly kind: Kind }>> {
  for (;;) {
    const found = heard.find((message) => message.kind === kind);
    if (found !== undefined) return found as Extract<FromWorker, { readonly kind: Kind }>;
    await once(child, 'message');
  }
}

test('an error that nobody caught is logged by the main process, and ends it with 1', async () => {
  const { ended } = begin();
  tell(start({ apiKeysFile: '/nonexistent/keys' }));
  const { lines } = await hear('log');
  expect(lines).toMatchObject([
    { level: 'error', fields: { err: { message: expect.stringContaining('API_KEYS_FILE') } } },
  ]);
  expect(await ended).toEqual([1, null]);
});

test('its clients are told to come back, then', async () => {
  const { ended } = begin();
  tell(start({}));
  const { port } = await hear('listening');
  const client = await new Client(`ws://127.0.0.1:${port}/ws/mempool`).opened();
  tell({ kind: 'publications', feed: 'price', publications: null } as unknown as ToWorker);
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(await ended).toEqual([1, null]);
});

test('before it has a log it says so itself', async () => {
  const { stderr, ended } = begin();
  tell({ ...start({}), config: null } as unknown as ToWorker);
  expect(await ended).toEqual([1, null]);
  expect(await stderr).toContain('TypeError');
});

test('where it cannot listen it says why, and ends', async () => {
  const { ended } = begin();
  tell(start({ host: '192.0.2.1' }));
  expect(await hear('not_listening')).toMatchObject({ code: 'EADDRNOTAVAIL' });
  expect(await ended).toEqual([1, null]);
});

test('let go before it was told anything, and after it drained, it ends', async () => {
  const idle = begin();
  child.disconnect();
  expect(await idle.ended).toEqual([0, null]);

  const drained = begin();
  tell(start({}));
  await hear('listening');
  tell({ kind: 'drain', durationMs: 1_000 });
  await hear('drained');
  child.disconnect();
  expect(await drained.ended).toEqual([0, null]);
});
