import { expect, test } from 'vitest';
import { Silence } from '../../src/pipelines/heatmap-silence.ts';

const START_SEC = 1_767_225_600;

test('a venue is silent 30 s after the last word of any of its markets', () => {
  const silence = new Silence('venue', ['BTCUSDT', 'ETHUSDT'], START_SEC);
  silence.heard('ETHUSDT', START_SEC + 20);
  expect(silence.staleVenue(START_SEC + 50)).toBeNull();
  expect(silence.problem(START_SEC + 50)).toBe('venue has said nothing of BTCUSDT for over 30 s');
  expect(silence.staleVenue(START_SEC + 51)).toEqual({ name: 'venue', sinceSec: START_SEC + 20 });
  expect(silence.problem(START_SEC + 51)).toBe('venue has been silent since 00:00:20 UTC');
});

test('a venue without markets has nothing to be silent about', () => {
  const silence = new Silence('venue', [], START_SEC);
  expect(silence.staleVenue(START_SEC + 1e6)).toBeNull();
  expect(silence.problem(START_SEC + 1e6)).toBeNull();
});
