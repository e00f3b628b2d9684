import { expect, test } from 'vitest';
import { Bundles } from '../../src/hub/bundle.ts';
import type { Broadcaster, Recipient } from '../../src/hub/endpoint.ts';
import { HeatmapRhythm, type Subscription } from '../../src/hub/heatmap-rhythm.ts';
import { type Publication, publication } from '../../src/hub/publication.ts';
import { FakeClock, hubParts } from '../hub-fakes.ts';

const sent: Publication[] = [];
const recipient: Recipient = {
  deliver: (bundle) => void sent.push(...bundle.publications),
  discard: () => {},
  control: () => {},
  answerPing: () => {},
  error: () => {},
  errors: () => {},
};

/** A subscription that counts how often somebody looks at it. */
class Watched implements Subscription {
  readonly recipient = recipient;
  readonly symbol = 'BTCUSDT';
  intervalMs = 1_000;
  dueMs = 0;
  handed: Publication | null = null;
  looks = 0;
  #seq = 0;

  get seq(): number {
    this.looks++;
    return this.#seq;
  }

  set seq(seq: number) {
    this.#seq = seq;
  }
}

test('while nothing changes nobody is looked at, neither who is not due nor who waits', () => {
  let seq = 1;
  const current = (symbol: string) => publication(symbol, seq, 'whole', () => '{}');
  const states = { epoch: 'k3x9', current, since: (symbol: string) => [current(symbol)] };
  const rhythm = new HeatmapRhythm(states, new Bundles(), hubParts(new FakeClock()).sendQueue);
  const subscription = new Watched();
  rhythm.add([subscription], 0);
  expect(sent.map((each) => each.seq)).toEqual([1]);
  const looks = subscription.looks;
  for (let nowMs = 100; nowMs < 1_000; nowMs += 100) rhythm.turn(nowMs);
  expect(subscription.looks).toBe(looks);
  rhythm.turn(1_000);
  const looksDue = subscription.looks;
  for (let nowMs = 1_100; nowMs < 9_000; nowMs += 100) rhythm.turn(nowMs);
  expect(subscription.looks).toBe(looksDue);
  seq = 2;
  rhythm.turn(9_000);
  expect(sent.map((each) => each.seq)).toEqual([1, 2]);
});

test('maps of a turn are a broadcast of their symbols; those of who subscribes are none', () => {
  const broadcasts: (readonly string[])[] = [];
  const broadcaster: Broadcaster = {
    busy: false,
    broadcast: (channels, mailing) => {
      broadcasts.push(channels);
      while (mailing.sendNext());
    },
  };
  let seq = 1;
  const current = (symbol: string) => publication(symbol, seq, 'whole', () => '{}');
  const states = { epoch: 'k3x9', current, since: (symbol: string) => [current(symbol)] };
  const rhythm = new HeatmapRhythm(states, new Bundles(), broadcaster);
  sent.length = 0;
  rhythm.add([new Watched(), new Watched()], 0);
  expect(sent).toHaveLength(2);
  expect(broadcasts).toEqual([]);
  rhythm.turn(1_000);
  expect(broadcasts).toEqual([]);
  seq = 2;
  rhythm.turn(1_100);
  expect(broadcasts).toEqual([['BTCUSDT']]);
  expect(sent).toHaveLength(4);
});
