import { TidegaugeError } from '@tidegauge/client';
import { beforeEach, expect, it } from 'vitest';
import { Dashboard } from '../src/model/dashboard.ts';
import { Session } from '../src/session.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeTidegauge } from './fake-tidegauge.ts';
import { confirmedUpdate, point, pointsUpdate, priceUpdate, TIME_MS, TIME_SEC } from './updates.ts';

let clock: FakeClock;
let tide: FakeTidegauge;
let state: Dashboard;
let session: Session;
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  tide = new FakeTidegauge();
  state = new Dashboard();
  changes = 0;
  session = new Session(clock, state, () => {
    changes += 1;
  });
  session.join(tide);
});

it('asks for price, points and blocks, once each', () => {
  expect([tide.prices.length, tide.points.length, tide.blocks.length]).toEqual([1, 1, 1]);
});

it('hands on what comes, and tells of each change', () => {
  tide.stand('mempool', { state: 'live' });
  tide.prices[0]!.say(priceUpdate({ priceUsd: 87_412.5 }));
  tide.points[0]!.say(pointsUpdate(true, point(TIME_SEC, 87_000)));
  tide.blocks[0]!.say(confirmedUpdate({ blockHeight: 930_123 }));
  tide.warn('mempool', 'SOURCE_STALE', TIME_MS - 60_000);
  expect(changes).toBe(5);
  expect(state.line.state).toBe('live');
  expect(state.price?.priceUsd).toBe(87_412.5);
  expect(state.priceAtMs).toBe(clock.nowMs());
  expect(state.mempoolPoints.length).toBe(1);
  expect(state.block?.height).toBe(930_123);
  expect(state.staleSinceSec).toBe(TIME_SEC - 60);
});

it('leaves alone what is said of the map', () => {
  tide.stand('heatmap', { state: 'reconnecting', failures: 1 });
  tide.warn('heatmap', 'SOURCE_STALE', TIME_MS);
  expect([state.line.state, state.staleSinceSec]).toEqual(['idle', null]);
});

it('tells what the server complains of, and nothing of other errors', () => {
  tide.emit('error', new TidegaugeError('MALFORMED', 'x'));
  expect(state.serverError).toBeNull();
  tide.emit('error', new TidegaugeError('SERVER', 'slower', { serverCode: 'RATE_LIMITED' }));
  expect(state.serverError).toBe('RATE_LIMITED: slower');
});

it('goes on with another client, as after another key', () => {
  tide.prices[0]!.say(priceUpdate());
  tide.stand('mempool', {});
  tide = new FakeTidegauge();
  session.join(tide);
  tide.prices[0]!.say(priceUpdate({ priceUsd: 90_000 }));
  expect(state.price?.priceUsd).toBe(90_000);
});
