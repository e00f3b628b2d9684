import { expect, test } from 'vitest';
import { RECONNECT_SESSIONS_MAX } from '../../src/hub/limits.ts';
import { ReconnectWatch } from '../../src/hub/reconnect-watch.ts';

test('the sixth reconnect within a minute is one too many, of that session alone', () => {
  const watch = new ReconnectWatch();
  const verdicts = [0, 1, 2, 3, 4, 5, 6].map((second) => watch.isUnstable('a', second * 1_000));
  expect(verdicts).toEqual([false, false, false, false, false, false, true]);
  expect(watch.isUnstable('b', 6_000)).toBe(false);
  expect(watch.isUnstable('a', 7_000)).toBe(true);
});

test('reconnects a minute apart are fine for ever', () => {
  const watch = new ReconnectWatch();
  for (let minute = 0; minute < 100; minute++) {
    expect(watch.isUnstable('a', minute * 11_000)).toBe(false);
  }
});

test('it remembers a bounded number of sessions, the ones heard of last', () => {
  const watch = new ReconnectWatch();
  for (let i = 0; i < 6; i++) watch.isUnstable('early', i);
  for (let i = 0; i < 6; i++) watch.isUnstable('busy', i);
  for (let i = 0; i < RECONNECT_SESSIONS_MAX - 1; i++) watch.isUnstable(`s${i}`, 10);
  expect(watch.isUnstable('busy', 20)).toBe(true);
  expect(watch.isUnstable('early', 20)).toBe(false);
});
