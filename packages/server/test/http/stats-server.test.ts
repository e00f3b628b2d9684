/** /ws/stats and /metrics of a whole server, with clients that do all that is counted. */
import { expect, onTestFinished, test } from 'vitest';
import { Client, type Running, type RunOptions, refusedUpgrade, run } from '../http-harness.ts';
import { LIVE } from '../hub-fakes.ts';
import { expectBody } from './ask.ts';
import { parseMetrics } from './metric-text.ts';
import { hasPromtool, metricComplaints } from './promtool.ts';

type Stats = Record<string, unknown>;

async function start(options: RunOptions = {}): Promise<Running> {
  const running = await run(options);
  onTestFinished(() => running.server.drain());
  return running;
}

async function statsOf({ origin }: Running): Promise<Stats> {
  return expectBody('WsStatsBody', await (await fetch(`${origin}/ws/stats`)).json());
}

/** Asks until the answer fits: what is counted follows what clients see by a moment. */
async function statsWhen(running: Running, fits: (stats: Stats) => boolean): Promise<Stats> {
  for (;;) {
    const stats = await statsOf(running);
    if (fits(stats)) return stats;
  }
}

async function metricsText({ origin }: Running): Promise<string> {
  const answer = await fetch(`${origin}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
}

const countOf = (counts: unknown, name: string): number =>
  (counts as Record<string, number>)[name] ?? 0;

async function mempoolClient({ stream }: Running, subscribe: readonly string[]): Promise<Client> {
  const client = await new Client(stream).opened();
  if (subscribe.length > 0) client.send({ subscribe });
  await client.nextOf(subscribe.includes('confirmed') ? 'confirmed_update' : 'price_update');
  return client;
}

test('clients are counted while they are there, by what they are subscribed to', async () => {
  const running = await start();
  const before = await statsOf(running);
  expect(before).toMatchObject({ active_connections: 0, messages_sent: 0, refused_by_reason: {} });
  expect(before.subscriptions_by_symbol).toEqual({
    full: 0,
    price: 0,
    transactions: 0,
    histogram: 0,
    confirmed: 0,
    BTCUSDT: 0,
  });

  const [full, priced] = [
    await mempoolClient(running, []),
    await mempoolClient(running, ['price', 'histogram']),
  ];
  const heatmap = await new Client(running.stream.replace('mempool', 'heatmap')).opened();
  heatmap.send({ action: 'subscribe', symbols: ['BTCUSDT'] });
  expect((await refusedUpgrade(running.stream, ['graphql-ws'])).status).toBe(400);
  for (let i = 0; i < 3; i++) await priced.next();

  const during = await statsWhen(
    running,
    (stats) => countOf(stats.subscriptions_by_symbol, 'BTCUSDT') === 1,
  );
  expect(during).toMatchObject({
    active_connections: 3,
    subscriptions_by_symbol: { full: 1, price: 1, histogram: 1, transactions: 0, BTCUSDT: 1 },
    refused_by_reason: { UNKNOWN_SUBPROTOCOL: 1 },
    disconnects_by_code: {},
    messages_dropped: 0,
    slow_consumers: 0,
  });
  expect(Number(during.messages_sent)).toBeGreaterThan(5);
  expect(during.messages_sent_1m).toBe(during.messages_sent);
  expect(Number(during.broadcast_duration_p95)).toBeGreaterThan(0);

  full.socket.close(1000);
  priced.socket.close(3456);
  for (let i = 0; i < 10; i++) heatmap.send('nonsense');
  expect((await heatmap.closed).code).toBe(4500);
  const after = await statsWhen(running, (stats) => stats.active_connections === 0);
  expect(after.disconnects_by_code).toEqual({ 1000: 1, 4500: 1, other: 1 });
  expect(after.subscriptions_by_symbol).toEqual(before.subscriptions_by_symbol);
});

test('a client that does not read: what it missed, that it was slow, how it ended', async () => {
  const running = await start({ config: { wsSlowConsumerTimeoutSec: 0.1 } });
  const points = Array.from({ length: 20_000 }, (_, i) => ({
    timeSec: 1_767_225_600 + i,
    priceUsd: 50_000.5 + i,
    amountSats: 1000,
  }));
  let height = 0;
  running.feed.confirmed = () => ({
    estimate: LIVE,
    blockHeight: height++,
    blockTimeSec: 1,
    points,
  });
  const [reader, silent] = [
    await mempoolClient(running, ['price']),
    await mempoolClient(running, ['confirmed']),
  ];
  silent.socket.pause();
  while (running.log.events('slow_consumer').length === 0) await reader.next();
  silent.socket.resume();
  expect((await silent.closed).code).toBe(4008);
  const stats = await statsWhen(running, ({ active_connections }) => active_connections === 1);
  expect(stats.disconnects_by_code).toEqual({ 4008: 1 });
  expect(stats.slow_consumers).toBe(1);
  expect(Number(stats.messages_dropped)).toBeGreaterThan(0);

  const metrics = parseMetrics(await metricsText(running));
  const sampleOf = (name: string): number | undefined =>
    metrics.get(name)?.samples.get(`${name}{symbol="confirmed"}`);
  expect(sampleOf('ws_messages_dropped_total')).toBe(stats.messages_dropped);
  expect(sampleOf('ws_slow_consumers_total')).toBe(1);
  expect(sampleOf('ws_messages_sent_total')).toBeGreaterThan(0);
  reader.socket.terminate();
});

test('metrics follow what happens, and keep to the rules of Prometheus', async () => {
  const running = await start();
  const client = await mempoolClient(running, ['price']);
  for (let i = 0; i < 3; i++) await client.next();
  const text = await metricsText(running);
  const metrics = parseMetrics(text);
  const sampleOf = (series: string): number => {
    const name = /^\w+/.exec(series)![0];
    const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
    return metric?.samples.get(series) ?? Number.NaN;
  };
  expect(sampleOf('ws_connections')).toBe(1);
  expect(sampleOf('ws_active_connections{symbol="price"}')).toBe(1);
  expect(sampleOf('ws_messages_sent_total{symbol="price"}')).toBeGreaterThan(1);
  expect(sampleOf('ws_broadcast_duration_seconds_count{symbol="price"}')).toBeGreaterThan(1);
  expect(sampleOf('price_usd')).toBe(87_412.5);
  expect(sampleOf('source_connected{source="stand-in-market"}')).toBe(1);
  client.socket.terminate();
  if (hasPromtool()) expect(metricComplaints(text)).toBe('');
});

test('a forwarded request is answered only when a trusted proxy says for whom', async () => {
  const asked = async (running: Running, forwardedFor: string): Promise<number> => {
    const headers = { 'x-forwarded-for': forwardedFor };
    return (await fetch(`${running.origin}/metrics`, { headers })).status;
  };
  const plain = await start();
  expect(await asked(plain, '127.0.0.1')).toBe(403);
  const trusting = await start({
    config: { trustedProxies: ['127.0.0.1'], metricsAllow: ['10.0.0.0/8'] },
  });
  expect(await asked(trusting, '10.1.2.3')).toBe(200);
  expect(await asked(trusting, '203.0.113.5')).toBe(403);
  expect((await fetch(`${trusting.origin}/metrics`)).status).toBe(403);
});
