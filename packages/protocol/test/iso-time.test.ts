import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoTime } from '../src/index.ts';

describe('isoTime', () => {
  test('the form of the protocol, with milliseconds only where there are some', () => {
    expect(isoTime(1_767_607_200)).toBe('2026-01-05T10:00:00Z');
    expect(isoTime(1_767_607_200.25)).toBe('2026-01-05T10:00:00.250Z');
    expect(isoTime(1_767_607_199.999_6)).toBe('2026-01-05T10:00:00Z');
    expect(isoTime(0)).toBe('1970-01-01T00:00:00Z');
    expect(isoTime(951_782_400)).toBe('2000-02-29T00:00:00Z');
  });

  test('any moment is the one that Date writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (timeMs) => {
        expect(isoTime(timeMs / 1000)).toBe(new Date(timeMs).toISOString().replace('.000', ''));
      }),
    );
  });

  test('a moment that the form cannot hold is a bug', () => {
    for (const timeSec of [-1, 253_402_300_800, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => isoTime(timeSec)).toThrow(`a time of a message is ${timeSec}`);
    }
  });
});
