/** What the examples without the SDK make of what they cannot read, and of maps that are old. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Example, findExamples } from './examples.ts';
import { RunningProgram } from './running-program.ts';

const SINCE = '2026-11-20T10:32:31.173Z';
const LATER = '2026-11-20T10:33:05.001Z';
const UNREADABLE = ['nope', 'null', '[]', '{}', '{"type":"new_kind","data":[]}'];
const SOURCE_STALE = {
  type: 'warning',
  code: 'SOURCE_STALE',
  message: 'nothing has come',
  source: 'demo-market',
  since: Date.parse(SINCE) / 1000,
};
const PRICE = {
  type: 'price_update',
  data: { price: 95632.61, low: 95376.63, high: 95889.63, status: 'live' },
  demo: true,
};

const examples = (await findExamples()).filter(({ name }) => !name.startsWith('sdk/'));
const withMaps = examples.filter(({ name }) => !name.endsWith('/price.mjs'));

function mapAt(timestamp: string): object {
  const levels = [{ price: 86000, long_density: 2282, short_density: 0 }];
  const data = { levels, current_price: 86005.5 };
  return { type: 'snapshot', symbol: 'BTCUSDT', timestamp, data, demo: true };
}

interface Stub {
  readonly url: string;
  /** The path of each connection so far. */
  readonly paths: readonly string[];
}

/** Sends the texts of its path to whoever has asked for something. */
async function stub(textsOf: Readonly<Record<string, readonly string[]>>): Promise<Stub> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const paths: string[] = [];
  server.on('connection', (peer, { url }) => {
    paths.push(url!);
    peer.once('message', () => {
      for (const text of textsOf[url!]!) peer.send(text);
    });
  });
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

function start(example: Example, { url }: Stub): RunningProgram {
  const program = new RunningProgram(example, url);
  onTestFinished(() => program.end());
  return program;
}

test.each(examples)('$name leaves out what it cannot read, and goes on', async (example) => {
  const server = await stub({
    '/ws/mempool': [...UNREADABLE, JSON.stringify(PRICE)],
    '/ws/heatmap': [...UNREADABLE, '{"type":"snapshot","data":[]}', JSON.stringify(mapAt(LATER))],
  });
  const program = start(example, server);
  await Promise.all(example.shows.map(({ live }) => program.line(live)));
  expect(server.paths).toHaveLength(example.shows.length);
});

test.each(withMaps)('$name calls a map stale that is from before a silence', async (example) => {
  const messages = [SOURCE_STALE, mapAt(SINCE), mapAt(LATER)];
  const server = await stub({
    '/ws/mempool': [],
    '/ws/heatmap': messages.map((message) => JSON.stringify(message)),
  });
  const program = start(example, server);
  expect(await program.line(new RegExp(`at ${SINCE}.*DEMO$`))).toMatch(/, stale,? DEMO$/);
  expect(await program.line(new RegExp(`at ${LATER}.*DEMO$`))).toMatch(/, live,? DEMO$/);
});
