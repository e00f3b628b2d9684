/** What is made of pointers, wheels and keys before a chart hears of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChartGestures } from '../src/view/input/chart-gestures.ts';
import { pressKey } from '../src/view/input/chart-keys.ts';
import { PointerGesture } from '../src/view/input/pointer-gesture.ts';
import { wheelGesture } from '../src/view/input/wheel-gesture.ts';

/** Writes down what it is told. */
function listener(): { readonly told: unknown[]; readonly chart: ChartGestures } {
  const told: unknown[] = [];
  const chart: ChartGestures = {
    zoomed: (factor, atX) => told.push(['zoomed', factor, atX]),
    panned: (byPx, atX) => told.push(['panned', byPx, atX]),
    stepped: (share) => told.push(['stepped', share]),
    priceZoomed: (factor, atY) => told.push(['priceZoomed', factor, atY]),
    pricePanned: (byPx) => told.push(['pricePanned', byPx]),
    reset: () => told.push(['reset']),
    priceReset: () => told.push(['priceReset']),
  };
  return { told, chart };
}

const mouse = (x: number, y: number) => ({ id: 1, isTouch: false, x, y });
const finger = (id: number, x: number, y = 50) => ({ id, isTouch: true, x, y });

describe('pointers that are down', () => {
  it('drag once they have moved by more than a hand trembles, from where they began', () => {
    const { told, chart } = listener();
    const gesture = new PointerGesture(chart);
    gesture.pressed(mouse(100, 50), 'times');
    gesture.moved(mouse(103, 50));
    expect([gesture.isDragging, told]).toEqual([false, []]);
    gesture.moved(mouse(104, 50));
    gesture.moved(mouse(110, 47));
    expect(told).toEqual([
      ['panned', 4, 104],
      ['panned', 6, 110],
      ['pricePanned', -3],
    ]);
    gesture.released(1);
    gesture.moved(mouse(200, 50));
    expect([gesture.isDragging, told.length]).toEqual([false, 3]);
  });

  it('stretch prices about where they went down on the price axis', () => {
    const { told, chart } = listener();
    const gesture = new PointerGesture(chart);
    gesture.pressed(mouse(900, 50), 'prices');
    gesture.moved(mouse(905, 210));
    gesture.moved(mouse(905, 50));
    expect(told).toEqual([
      ['priceZoomed', 2, 50],
      ['priceZoomed', 0.5, 50],
    ]);
  });

  it('pan with one finger, wherever it is, and leave up and down to the page', () => {
    const { told, chart } = listener();
    const gesture = new PointerGesture(chart);
    gesture.pressed(finger(1, 100), 'prices');
    gesture.moved(finger(1, 108));
    expect(gesture.isDragging).toBe(false);
    gesture.moved(finger(1, 120, 55));
    expect(told).toEqual([['panned', 20, 120]]);
  });

  it('pinch with two: what was between them stays between them', () => {
    const { told, chart } = listener();
    const gesture = new PointerGesture(chart);
    gesture.pressed(finger(1, 100), 'times');
    gesture.pressed(finger(2, 200), 'times');
    expect(gesture.isDragging).toBe(true);
    gesture.moved(finger(2, 300));
    expect(told).toEqual([
      ['panned', 50, 200],
      ['zoomed', 0.5, 200],
    ]);
    gesture.pressed(finger(3, 0), 'times');
    gesture.moved(finger(3, 400));
    gesture.released(3);
    expect(told).toHaveLength(2);
    gesture.released(1);
    gesture.moved(finger(2, 310));
    expect(told.at(-1)).toEqual(['panned', 10, 310]);
    gesture.released(2);
    expect(gesture.isDragging).toBe(false);
  });

  it('never zoom without bounds, whatever fingers do', () => {
    const places = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(4_000)));
    fc.assert(
      fc.property(places, (moves) => {
        const { told, chart } = listener();
        const gesture = new PointerGesture(chart);
        for (const id of [1, 2, 3]) gesture.pressed(finger(id, 0), 'times');
        for (const [id, x] of moves) gesture.moved(finger(id, x));
        const factors = (told as [string, number][])
          .filter(([kind]) => kind === 'zoomed')
          .map(([, factor]) => factor);
        // Two fingers are never nearer than 16 px, nor further apart than the screen is wide.
        for (const factor of factors) {
          expect(factor).toBeGreaterThanOrEqual(16 / 4_000);
          expect(factor).toBeLessThanOrEqual(4_000 / 16);
        }
        // In all they did what their last places say, by whatever way they came there.
        const [one, other] = [1, 2].map((id) => moves.findLast(([each]) => each === id)?.[1] ?? 0);
        const apartPx = Math.max(16, Math.abs(one! - other!));
        expect(factors.reduce((all, factor) => all * factor, 1)).toBeCloseTo(16 / apartPx, 9);
      }),
    );
  });
});

describe('the wheel', () => {
  const still = { deltaX: 0, deltaY: 0, deltaMode: 0 };
  const turn = (over: object, pageScrolls = false) =>
    wheelGesture(
      { ...still, ctrlKey: false, metaKey: false, shiftKey: false, ...over },
      pageScrolls,
    );

  it('zooms, away from the person in, and pans sideways', () => {
    expect(turn({ deltaY: -100 })).toEqual({ kind: 'zoom', factor: Math.exp(-0.2) });
    expect(turn({ deltaX: 30, deltaY: 5 })).toEqual({ kind: 'pan', byPx: -30 });
    expect(turn({ deltaY: 30, shiftKey: true })).toEqual({ kind: 'pan', byPx: -30 });
    expect(turn({})).toBeNull();
  });

  it('scrolls a page that is longer than the window, and zooms there with Ctrl', () => {
    expect(turn({ deltaY: 100 }, true)).toBeNull();
    expect(turn({ deltaY: 10, ctrlKey: true }, true)).toEqual({
      kind: 'zoom',
      factor: Math.exp(0.1),
    });
    expect(turn({ deltaY: -10, metaKey: true }, true)?.kind).toBe('zoom');
    expect(turn({ deltaX: 10 }, true)?.kind).toBe('pan');
  });

  it('knows lines and pages, and does little at a time', () => {
    expect(turn({ deltaY: 3, deltaMode: 1 })).toEqual(turn({ deltaY: 48 }));
    expect(turn({ deltaY: 1, deltaMode: 2 })).toEqual({ kind: 'zoom', factor: 1.3 });
    expect(turn({ deltaY: -1e9, ctrlKey: true })).toEqual({ kind: 'zoom', factor: 1 / 1.3 });
    expect(turn({ deltaX: 1e9 })).toEqual({ kind: 'pan', byPx: -400 });
  });
});

describe('keys', () => {
  function pressed(key: string, over: object = {}): readonly unknown[] {
    const { told, chart } = listener();
    const target = {
      moved: (move: string) => told.push(['moved', move]),
      left: () => told.push(['left']),
    };
    const none = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
    const known = pressKey({ key, ...none, ...over }, target, chart);
    expect(known).toBe(told.length === 1);
    return told[0] as readonly unknown[];
  }

  it('zoom, step and go back', () => {
    expect(pressed('+', { shiftKey: true })).toEqual(['zoomed', 0.7, null]);
    expect(pressed('=')).toEqual(['zoomed', 0.7, null]);
    expect(pressed('-')).toEqual(['zoomed', 1 / 0.7, null]);
    expect(pressed('ArrowLeft', { shiftKey: true })).toEqual(['stepped', -0.25]);
    expect(pressed('ArrowRight', { shiftKey: true })).toEqual(['stepped', 0.25]);
    expect(pressed('0')).toEqual(['reset']);
  });

  it('go from point to point, and leave what is the browser’s to it', () => {
    expect(pressed('ArrowLeft')).toEqual(['moved', 'older']);
    expect(pressed('ArrowUp', { shiftKey: true })).toEqual(['moved', 'higher']);
    expect(pressed('Escape')).toEqual(['left']);
    for (const over of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
      expect(pressed('+', over)).toBeUndefined();
      expect(pressed('ArrowLeft', over)).toBeUndefined();
    }
    expect(pressed('a')).toBeUndefined();
  });
});
