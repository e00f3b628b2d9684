import { beforeEach, expect, it } from 'vitest';
import { Dashboard } from '../src/model/dashboard.ts';
import { Session } from '../src/session.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeSockets } from './fake-sockets.ts';

let clock: FakeClock;
let sockets: FakeSockets;
let state: Dashboard;
let changes: number;

beforeEach(() => {
  clock = new FakeClock();
  sockets = new FakeSockets();
  state = new Dashboard();
  changes = 0;
  const ports = { clock, openSocket: sockets.open, random: () => 0.5, isOnline: () => true };
  new Session(ports, state, () => {
    changes += 1;
  }).connection.connect();
  sockets.last.events.onOpen();
});

function window(seq: number): void {
  say({ type: 'transactions', seq, epoch: 'e', data: { points: [[1, 2]] } });
}
function say(message: unknown): void {
  sockets.last.events.onText(JSON.stringify(message));
}
const sent = (): unknown[] => sockets.last.sent.map((text) => JSON.parse(text) as unknown);
const ASKS = [{ unsubscribe: 'transactions' }, { subscribe: 'transactions' }];

it('asks for price, transactions and confirmed on each connection', () => {
  const wanted = { subscribe: ['price', 'transactions', 'confirmed'] };
  expect(sent()).toEqual([wanted]);
  sockets.last.events.onClose(1006, '');
  clock.pass(2_000);
  sockets.last.events.onOpen();
  expect(sockets.all).toHaveLength(2);
  expect(sent()).toEqual([wanted]);
});

it('asks for the window again after a gap, once', () => {
  window(5);
  say({ type: 'transactions', seq: 7, data: { points: [] } });
  say({ type: 'transactions', seq: 8, data: { points: [] } });
  expect(sent().slice(1)).toEqual(ASKS);
  window(9);
  expect(state.stream.waitsForWindow).toBe(false);
});

it('asks again when the window does not come within 10 s', () => {
  clock.pass(9_999);
  expect(sent()).toHaveLength(1);
  clock.pass(1);
  expect(sent().slice(1)).toEqual(ASKS);
});

it('does not ask when it came', () => {
  window(1);
  clock.pass(15_000);
  expect(sent()).toHaveLength(1);
});

it('tells of each change and survives what it cannot read', () => {
  const before = changes;
  sockets.last.events.onText('{broken');
  say({ type: 'weather' });
  expect(changes).toBe(before + 2);
  expect([state.malformedCount, state.unknownCount]).toEqual([1, 1]);
});
