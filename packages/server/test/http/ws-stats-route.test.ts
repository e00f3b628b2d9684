import { expect, test } from 'vitest';
import { wsStatsRoute } from '../../src/http/ws-stats-route.ts';
import { Bundle } from '../../src/hub/bundle.ts';
import { sumFigures } from '../../src/hub/hub-stats.ts';
import { HubTally } from '../../src/hub/hub-tally.ts';
import { publication } from '../../src/hub/publication.ts';
import { FakeClock } from '../hub-fakes.ts';
import { ask, bodyAs, refusal, routerWith } from './ask.ts';

const clock = new FakeClock();

function bundleOf(...channels: string[]): Bundle {
  return new Bundle(channels.map((channel) => publication(channel, 1, 'whole', () => '{}')));
}

test('before anything happened every number is 0, and a duration is null', async () => {
  const tally = new HubTally(clock, ['full', 'BTCUSDT']);
  const answer = await ask(routerWith([wsStatsRoute(() => tally.figures(0, {}))]), '/ws/stats');
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(bodyAs('WsStatsBody', answer)).toEqual({
    workers: 0,
    active_connections: 0,
    messages_sent: 0,
    messages_sent_1m: 0,
    messages_dropped: 0,
    slow_consumers: 0,
    broadcast_duration_p50: null,
    broadcast_duration_p95: null,
    subscriptions_by_symbol: { full: 0, BTCUSDT: 0 },
    disconnects_by_code: {},
    refused_by_reason: {},
  });
});

test('tells what all processes together have done', async () => {
  const [a, b] = [new HubTally(clock, ['full']), new HubTally(clock)];
  const bundle = bundleOf('full', 'BTCUSDT');
  for (const tally of [a, b, b]) tally.sent(bundle);
  b.dropped('full');
  a.slow(['full', 'BTCUSDT']);
  a.disconnected(1006);
  b.disconnected(3999);
  b.refused('SERVER_FULL');
  for (let ms = 1; ms <= 20; ms++) (ms % 2 === 0 ? a : b).broadcast(['full'], ms);
  const figures = () => sumFigures([a.figures(1, { full: 1 }), b.figures(2, { BTCUSDT: 2 })]);
  const answer = await ask(routerWith([wsStatsRoute(figures)]), '/ws/stats');
  expect(bodyAs('WsStatsBody', answer)).toEqual({
    workers: 0,
    active_connections: 3,
    messages_sent: 6,
    messages_sent_1m: 6,
    messages_dropped: 1,
    slow_consumers: 1,
    broadcast_duration_p50: 0.01,
    broadcast_duration_p95: 0.019,
    subscriptions_by_symbol: { full: 1, BTCUSDT: 2 },
    disconnects_by_code: { 1006: 1, other: 1 },
    refused_by_reason: { SERVER_FULL: 1 },
  });
});

test('takes no parameters', async () => {
  const tally = new HubTally(clock);
  const router = routerWith([wsStatsRoute(() => tally.figures(0, {}))]);
  expect(refusal(await ask(router, '/ws/stats?symbol=BTCUSDT'), 400)).toBe(
    "unknown parameter 'symbol=BTCUSDT'; /ws/stats takes none",
  );
});
