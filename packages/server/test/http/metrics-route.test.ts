import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { ServerView, VenueView } from '../../src/http/health.ts';
import { registerEventLoopDelay } from '../../src/http/metrics/event-loop-delay.ts';
import { metricsRoute } from '../../src/http/metrics/metrics-route.ts';
import { HubTally } from '../../src/hub/hub-tally.ts';
import type { PriceState } from '../../src/hub/mempool-channels.ts';
import { HeatmapTally } from '../../src/pipelines/heatmap-counters.ts';
import { FakeClock, LIVE, priceCounters, sourceStatus, WARMING } from '../hub-fakes.ts';
import { ask, refusal, routerWith } from './ask.ts';
import { type Metric, parseMetrics } from './metric-text.ts';

const price: PriceState = {
  timeSec: 1_767_225_600.5,
  reading: LIVE,
  stats: { received: 12, filtered: 3, activeInWindow: 9, uptimeSec: 5 },
  confirmed: null,
};

const venue: VenueView = {
  demo: true,
  status: sourceStatus({ name: 'market', state: 'lost', lastFrameSec: null, dropped: 2 }),
  counters: {
    ...new HeatmapTally().read({ stored: 30, failures: 1, dropped: 2 }),
    candles: 20,
    missing: 3,
    tooLate: 4,
    malformed: { candle: 5, open_interest: 0, liquidation: 6 },
  },
  problem: null,
};

function viewOf(changes: Partial<ServerView> = {}): ServerView {
  return {
    demo: false,
    version: '1.2.3',
    draining: () => false,
    clients: () => 4,
    uptimeSec: () => 3600,
    source: () => sourceStatus({ name: 'zmq', frames: 70, missed: 8, malformed: 9 }),
    counters: () => priceCounters({ received: 12, withoutVotingOutput: 2, blocks: 1 }),
    problem: () => null,
    venue: () => venue,
    store: () => ({ problem: 'the disk is full' }),
    price: () => price,
    ...changes,
  };
}

const tally = new HubTally(new FakeClock(), ['full', 'BTCUSDT']);

function routerOf(view: ServerView, allow: readonly string[] = ['127.0.0.0/8', '::1']) {
  return routerWith([metricsRoute({ view, figures: () => tally.figures(7, { full: 6 }), allow })]);
}

async function metricsOf(changes: Partial<ServerView> = {}): Promise<ReadonlyMap<string, Metric>> {
  const answer = await ask(routerOf(viewOf(changes)), '/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(answer.body.toString());
}

function samplesOf(metrics: ReadonlyMap<string, Metric>, name: string): Record<string, number> {
  return Object.fromEntries(metrics.get(name)?.samples ?? [['no such metric', 0]]);
}

test('the price, where it comes from and where it goes', async () => {
  const metrics = await metricsOf();
  const expected: Record<string, Record<string, number>> = {
    tidegauge_info: { 'tidegauge_info{version="1.2.3"}': 1 },
    price_usd: { price_usd: 87_412.5 },
    price_confidence: { price_confidence: 0.94 },
    price_interval_width_ratio: { price_interval_width_ratio: (87_603.9 - 87_210.1) / 87_412.5 },
    price_status: {
      'price_status{status="warming_up"}': 0,
      'price_status{status="live"}': 1,
      'price_status{status="stale"}': 0,
    },
    tx_received_total: { tx_received_total: 12 },
    zmq_messages_total: { zmq_messages_total: 70 },
    zmq_gaps_total: { zmq_gaps_total: 8 },
    source_connected: {
      'source_connected{source="zmq"}': 1,
      'source_connected{source="market"}': 0,
    },
    source_demo: { 'source_demo{source="zmq"}': 0, 'source_demo{source="market"}': 1 },
    source_last_message_timestamp_seconds: {
      'source_last_message_timestamp_seconds{source="zmq"}': 1_767_225_601,
    },
    heatmap_candles_total: { heatmap_candles_total: 20 },
    heatmap_candles_missing_total: { heatmap_candles_missing_total: 3 },
    store_rows_dropped_total: { store_rows_dropped_total: 2 },
    store_problem: { store_problem: 1 },
  };
  for (const [name, samples] of Object.entries(expected)) {
    expect(samplesOf(metrics, name)).toEqual(samples);
  }
  expect(samplesOf(metrics, 'tx_rejected_total')).toMatchObject({
    'tx_rejected_total{rule="coinbase"}': 0,
    'tx_rejected_total{rule="without_voting_output"}': 2,
  });
  expect(samplesOf(metrics, 'heatmap_events_rejected_total')).toMatchObject({
    'heatmap_events_rejected_total{reason="too_late"}': 4,
    'heatmap_events_rejected_total{reason="malformed_liquidation"}': 6,
  });
});

test('what is not known has no sample: a 0 would be a price', async () => {
  const metrics = await metricsOf({
    demo: true,
    price: () => ({ ...price, reading: WARMING }),
    venue: () => null,
    store: () => null,
  });
  for (const name of [
    'price_usd',
    'price_interval_width_ratio',
    'zmq_messages_total',
    'zmq_gaps_total',
    'heatmap_candles_total',
    'heatmap_events_rejected_total',
    'store_problem',
  ]) {
    expect(samplesOf(metrics, name)).toEqual({});
  }
  expect(samplesOf(metrics, 'price_confidence')).toEqual({ price_confidence: 0 });
  const before = await metricsOf({ price: () => null });
  expect(samplesOf(before, 'price_confidence')).toEqual({});
  expect(samplesOf(before, 'price_status')).toMatchObject({
    'price_status{status="warming_up"}': 1,
  });
});

test('WebSockets: counts by their labels, and durations as a histogram', async () => {
  tally.broadcast(['BTCUSDT'], 2);
  tally.broadcast(['BTCUSDT'], 40);
  tally.broadcast(['BTCUSDT'], 9000);
  tally.disconnected(4008);
  const metrics = await metricsOf();
  expect(samplesOf(metrics, 'ws_connections')).toEqual({ ws_connections: 7 });
  expect(samplesOf(metrics, 'ws_active_connections')).toEqual({
    'ws_active_connections{symbol="full"}': 6,
    'ws_active_connections{symbol="BTCUSDT"}': 0,
  });
  for (const name of ['messages_sent', 'messages_dropped', 'slow_consumers']) {
    const metric = `ws_${name}_total`;
    const series = ['full', 'BTCUSDT'].map((symbol) => [`${metric}{symbol="${symbol}"}`, 0]);
    expect(samplesOf(metrics, metric)).toEqual(Object.fromEntries(series));
  }
  expect(samplesOf(metrics, 'ws_disconnects_total')).toMatchObject({
    'ws_disconnects_total{code="4008"}': 1,
    'ws_disconnects_total{code="1006"}': 0,
    'ws_disconnects_total{code="other"}': 0,
  });
  expect(samplesOf(metrics, 'ws_refused_total')).toMatchObject({
    'ws_refused_total{reason="SERVER_FULL"}': 0,
  });
  const durations = metrics.get('ws_broadcast_duration_seconds')!;
  expect(durations.type).toBe('histogram');
  const of = (part: string) => durations.samples.get(`ws_broadcast_duration_seconds_${part}}`);
  const buckets = ['0.001', '0.0025', '0.025', '0.05', '2.5', '+Inf'];
  const counts = buckets.map((le) => of(`bucket{symbol="BTCUSDT",le="${le}"`));
  expect(counts).toEqual([0, 1, 1, 2, 2, 3]);
  expect([of('count{symbol="BTCUSDT"'), of('count{symbol="full"')]).toEqual([3, 0]);
  expect(of('sum{symbol="BTCUSDT"')).toBeCloseTo(9.042, 9);
});

test('counts are those of the moment, however often they are asked for', async () => {
  let received = 1;
  const router = routerOf(viewOf({ counters: () => priceCounters({ received: received++ }) }));
  for (const count of [1, 2, 3]) {
    const metrics = parseMetrics((await ask(router, '/metrics')).body.toString());
    expect(samplesOf(metrics, 'tx_received_total')).toEqual({ tx_received_total: count });
  }
});

test('the process shows itself under the usual names', async () => {
  const metrics = await metricsOf();
  const names = [...metrics.keys()];
  expect(names).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_open_fds',
      'process_max_fds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
      'nodejs_active_resources',
    ]),
  );
  expect(samplesOf(metrics, 'process_open_fds').process_open_fds).toBeGreaterThan(2);
});

test('only addresses that are allowed may read, and none that nobody can tell', async () => {
  const router = routerOf(viewOf(), ['127.0.0.0/8', '::1', '10.1.0.0/16', '2001:db8::/32']);
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '10.1.255.255', '2001:db8:1::2']) {
    expect((await ask(router, '/metrics', { address })).status).toBe(200);
  }
  for (const address of ['10.2.0.1', '203.0.113.5', '2001:db9::1', 'unknown', '::']) {
    expect(refusal(await ask(router, '/metrics', { address }), 403)).toBe(
      `/metrics may not be read: ${address} is not in METRICS_ALLOW`,
    );
  }
  expect(refusal(await ask(router, '/metrics', { address: null }), 403)).toContain(
    'came through a proxy that is none of TRUSTED_PROXIES',
  );
  expect(refusal(await ask(routerOf(viewOf(), []), '/metrics'), 403)).toContain('127.0.0.1');
});

test('delays of the event loop are without the time between two looks, and absent without any', async () => {
  const registry = new Registry();
  const perCent = new Map<number, number>();
  const seen = {
    count: 0,
    max: 0,
    percentile: (percent: number) => perCent.get(percent) ?? 0,
    reset: () => {
      seen.count = 0;
    },
  };
  const update = registerEventLoopDelay(registry, seen);
  const samples = async () => {
    update();
    const metrics = parseMetrics(await registry.metrics());
    return ['p50', 'p99', 'max'].map((part) => {
      const name = `nodejs_eventloop_lag_${part}_seconds`;
      return metrics.get(name)!.samples.get(name);
    });
  };
  expect(await samples()).toEqual([undefined, undefined, undefined]);
  seen.count = 5;
  seen.max = 220e6;
  perCent.set(50, 19.9e6).set(99, 70e6);
  expect(await samples()).toEqual([0, expect.closeTo(0.05, 9), expect.closeTo(0.2, 9)]);
  expect(await samples()).toEqual([undefined, undefined, undefined]);
});
