/** Real transactions through real sockets: publisher, server process, WebSocket client. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeTx, plainInput, plainTx, txidOf } from '../packages/onchain/test/encode-tx.ts';
import { readMempool, sharedDataIsThere } from '../packages/onchain/test/shared-data.ts';
import { Client } from '../packages/server/test/http-harness.ts';
import { CoreNode, NODE_QUEUE } from './core-node.ts';
import { type Health, RealProcess } from './real-process.ts';

const DAY_LOW_USD = 68_555;
const DAY_HIGH_USD = 73_777;
const TIMEOUT_MS = 90_000;

interface PriceUpdate {
  readonly type: 'price_update';
  readonly price: number;
  readonly low: number;
  readonly high: number;
  readonly status: string;
  readonly transactions: readonly unknown[];
  readonly stats: { readonly total_received: number; readonly total_filtered: number };
  readonly data: { readonly price: number; readonly sample_size: number };
}

/** The next `price_update` that fits. */
async function update(
  client: Client,
  fits: (update: PriceUpdate) => boolean,
): Promise<PriceUpdate> {
  const message = await client.next(
    (each) => each.type === 'price_update' && fits(each as unknown as PriceUpdate),
  );
  expect(message).not.toHaveProperty('demo');
  return message as unknown as PriceUpdate;
}

async function startNode(endpoint?: string): Promise<CoreNode> {
  const node = await CoreNode.start(endpoint);
  onTestFinished(() => node.close());
  return node;
}

/** Publishes all, no faster than the server takes them; returns its health when it has them. */
async function publishAll(
  node: CoreNode,
  server: RealProcess,
  bodies: readonly Uint8Array[],
): Promise<Health> {
  // A publisher does not know when its reader has joined: the first one is sent till it is heard.
  while ((await server.health()).sources.zmq!.frames === 0) await node.publish(bodies[0]!);
  const last = await server.healthOnce(() => true);
  const unheard = node.sent - last.sources.zmq!.frames;
  const heard = () =>
    server.healthOnce(({ sources }) => sources.zmq!.frames >= node.sent - unheard);
  for (const [index, body] of bodies.entries()) {
    await node.publish(body);
    if (index % (NODE_QUEUE / 2) === 0) await heard();
  }
  return heard();
}

function payment(number: number): Uint8Array {
  return encodeTx(plainTx({ inputs: [plainInput({ prevTxid: txidOf(number) })] }));
}

describe.skipIf(!sharedDataIsThere)('from a node to a client', () => {
  it('the mempool of 14 March 2024', { timeout: TIMEOUT_MS }, async () => {
    const bodies = readMempool();
    expect(bodies).toHaveLength(8131);
    const node = await startNode();
    const server = new RealProcess(['serve', '--port', '0', '--bitcoin-zmq-tx', node.endpoint]);
    const client = await new Client(await server.streamUrl(), ['tidegauge.v1']).opened();
    expect(await client.next()).toMatchObject({ type: 'hello', demo: false });
    expect(await update(client, () => true)).toMatchObject({
      price: null,
      low: null,
      high: null,
      confidence: 0,
      status: 'warming_up',
    });

    await publishAll(node, server, bodies);
    const live = await update(client, ({ stats }) => stats.total_received === bodies.length);
    expect(live.status).toBe('live');
    expect(live.price).toBeGreaterThan(DAY_LOW_USD);
    expect(live.price).toBeLessThan(DAY_HIGH_USD);
    expect(live.low).toBeLessThan(live.price);
    expect(live.high).toBeGreaterThan(live.price);
    expect(live.data.price).toBe(live.price);
    expect(live.transactions.length).toBeGreaterThan(500);

    const health = await server.health();
    expect(health).toMatchObject({
      status: 'ok',
      demo: false,
      price_status: 'live',
      clients_connected: 1,
      mempool_received_txs: bodies.length,
      mempool_filtered_txs: live.stats.total_filtered,
      sources: { zmq: { state: 'connected', missed: 0, dropped: 0, malformed: 0, detail: null } },
    });
    // The first transaction came several times and counts once.
    expect(health.sources.zmq!.frames).toBeGreaterThanOrEqual(bodies.length);
    expect(health.mempool_active_txs + health.mempool_filtered_txs).toBeLessThanOrEqual(8131);
    expect(health.mempool_active_txs).toBeGreaterThan(2000);

    await goesStaleAndComesBack(node, server, client);

    const ended = server.end('SIGTERM');
    expect(await client.closed).toEqual({
      code: 1012,
      reason: expect.stringMatching(/^reconnect after \d+ ms$/),
    });
    expect(await ended).toEqual({ code: 0, stderr: '' });
  });
});

async function goesStaleAndComesBack(
  node: CoreNode,
  server: RealProcess,
  client: Client,
): Promise<void> {
  const before = await update(client, ({ status }) => status === 'live');
  const closedMs = performance.now();
  node.close();
  const stale = await update(client, ({ status }) => status === 'stale');
  const staleAfterSec = (performance.now() - closedMs) / 1000;
  // The last live price stays, whatever moved between our look at it and the loss.
  expect(Math.abs(stale.price / before.price - 1)).toBeLessThan(1e-3);
  expect(stale.stats.total_received).toBe(8131);
  expect(await client.nextOf('warning')).toMatchObject({ code: 'SOURCE_STALE', source: 'zmq' });
  expect((await update(client, () => true)).price).toBe(stale.price);
  expect(await server.health()).toMatchObject({
    status: 'degraded',
    price_status: 'stale',
    sources: { zmq: { state: 'lost', detail: expect.stringContaining(node.endpoint) } },
  });

  const again = await startNode(node.endpoint);
  const backMs = performance.now();
  // A new one each time, until the server has heard one and says so.
  let number = 0;
  while ((await server.health()).sources.zmq!.state !== 'connected') {
    number += 1;
    await again.publish(payment(number));
  }
  const backAfterSec = (performance.now() - backMs) / 1000;
  const live = await update(client, ({ status }) => status === 'live');
  expect(live.price).toBeGreaterThan(DAY_LOW_USD);
  expect(live.price).toBeLessThan(DAY_HIGH_USD);
  await update(client, ({ stats }) => stats.total_received > 8131);
  expect((await server.health()).status).toBe('ok');
  console.log(
    `stale ${staleAfterSec.toFixed(1)} s after the node went (bar: about 6), ` +
      `connected ${backAfterSec.toFixed(1)} s after it was back (bar: 5)`,
  );
}
