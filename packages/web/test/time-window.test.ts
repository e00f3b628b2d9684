import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptMoment, panWindow, placeWindow, zoomWindow } from '../src/model/time-window.ts';

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

  it('goes with a hand that pulls it away from the newest, however slowly', () => {
    let window: { spanSec: number; endSec: number | null } = following;
    for (let i = 0; i < 10; i += 1) window = panWindow(window, bounds, -1);
    expect(window.endSec).toBe(9_990);
  });

  it('is zoomed in about the pointer in small steps, also from where it follows', () => {
    let window: { spanSec: number; endSec: number | null } = following;
    for (let i = 0; i < 100; i += 1) window = zoomWindow(window, bounds, 9_000, 0.99);
    const { fromSec, toSec } = placeWindow(window, bounds);
    expect((9_000 - fromSec) / (toSec - fromSec)).toBeCloseTo(0.5);
  });

  it('goes on following when it is zoomed about its end, or so far out that it ends there', () => {
    expect(zoomWindow(following, bounds, 9_990, 0.5)).toEqual({ spanSec: 1_000, endSec: null });
    const past = { spanSec: 2_000, endSec: 9_000 };
    expect(zoomWindow(past, bounds, 8_000, 4)).toEqual({ spanSec: 8_000, endSec: null });
  });

  it('is zoomed by keyboard about the newest, or about its middle', () => {
    expect(keptMoment(following, bounds)).toBe(10_000);
    expect(keptMoment({ spanSec: 2_000, endSec: 6_000 }, bounds)).toBe(5_000);
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
