import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { panWindow, placeWindow, zoomWindow } from '../src/model/time-window.ts';

const bounds = { fromSec: 0, toSec: 10_000, spanMinSec: 60 };
const following = { spanSec: 2_000, endSec: null };

describe('a window of time', () => {
  it('that follows ends at the newest', () => {
    expect(placeWindow(following, bounds)).toEqual({ fromSec: 8_000, toSec: 10_000 });
  });

  it('keeps the moment under the pointer where it is', () => {
    const zoomed = zoomWindow({ spanSec: 2_000, endSec: 6_000 }, bounds, 5_500, 0.5);
    expect(placeWindow(zoomed, bounds)).toEqual({ fromSec: 4_750, toSec: 5_750 });
  });

  it('follows again when it is moved to the newest, and not before', () => {
    const past = panWindow(following, bounds, -500);
    expect(past).toEqual({ spanSec: 2_000, endSec: 9_500 });
    expect(panWindow(past, bounds, 480).endSec).toBeNull();
    expect(panWindow(past, bounds, 400).endSec).toBe(9_900);
  });

  it('is never outside its bounds, whatever is done to it', () => {
    const act = fc.record({
      zoom: fc.boolean(),
      at: fc.double({ min: -20_000, max: 20_000, noNaN: true }),
      factor: fc.double({ min: 0.01, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        let window: { spanSec: number; endSec: number | null } = following;
        for (const { zoom, at, factor } of acts) {
          window = zoom ? zoomWindow(window, bounds, at, factor) : panWindow(window, bounds, at);
          const { fromSec, toSec } = placeWindow(window, bounds);
          expect(fromSec).toBeGreaterThanOrEqual(bounds.fromSec - 1e-6);
          expect(toSec).toBeLessThanOrEqual(bounds.toSec);
          expect(toSec - fromSec).toBeGreaterThanOrEqual(bounds.spanMinSec - 1e-6);
        }
      }),
    );
  });

  it('zoomed in and out again about one moment is the same', () => {
    const start = { spanSec: 2_000, endSec: 6_000 };
    const there = zoomWindow(start, bounds, 5_000, 0.25);
    const back = zoomWindow(there, bounds, 5_000, 4);
    expect(back.spanSec).toBeCloseTo(2_000);
    expect(back.endSec).toBeCloseTo(6_000);
  });
});
