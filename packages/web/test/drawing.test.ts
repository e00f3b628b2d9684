import { describe, expect, it } from 'vitest';
import { type DotLook, dotLook } from '../src/drawing/points/dot-look.ts';
import { PointRaster } from '../src/drawing/points/point-raster.ts';
import { pointStamp } from '../src/drawing/points/point-stamp.ts';
import { rgbOf, withAlpha } from '../src/drawing/rgb.ts';
import type { Panel, Scene } from '../src/drawing/scene.ts';
import { sceneKey } from '../src/drawing/scene-key.ts';
import { layoutScene } from '../src/drawing/scene-layout.ts';
import { PointRing } from '../src/model/point-ring.ts';
import { AxisMotion } from '../src/view/axis-motion.ts';
import { FrameLoop } from '../src/view/frame-loop.ts';
import { rememberLast } from '../src/view/remember-last.ts';

describe('raster of points', () => {
  const stamp = { sizePx: 3, opacity: Uint8Array.from([0, 50, 0, 50, 200, 50, 0, 50, 0]) };
  const opacityAt = (raster: PointRaster, x: number, y: number): number =>
    raster.pixels[(y * raster.widthPx + x) * 4 + 3]!;

  it('puts a dot around its centre, in its colour', () => {
    const raster = new PointRaster(5, 5, [1, 2, 3]);
    raster.stamp(stamp, 2, 2);
    expect(Array.from(raster.pixels.subarray((2 * 5 + 2) * 4, (2 * 5 + 2) * 4 + 4))).toEqual([
      1, 2, 3, 200,
    ]);
    expect(opacityAt(raster, 1, 2)).toBe(50);
    expect(opacityAt(raster, 2, 3)).toBe(50);
    expect(opacityAt(raster, 1, 1)).toBe(0);
  });

  it('adds up where dots lie on each other, up to full', () => {
    const raster = new PointRaster(5, 5, [1, 2, 3]);
    raster.stamp(stamp, 2, 2);
    raster.stamp(stamp, 2, 2);
    expect(opacityAt(raster, 1, 2)).toBe(100);
    expect(opacityAt(raster, 2, 2)).toBe(255);
    raster.clear();
    expect(opacityAt(raster, 2, 2)).toBe(0);
  });

  it('leaves out what lies over an edge, on every side', () => {
    const raster = new PointRaster(4, 4, [0, 0, 0]);
    for (const [x, y] of [
      [-1, 2],
      [4, 2],
      [2, -1],
      [2, 4],
      [-9, -9],
      [90, 90],
    ] as const) {
      raster.stamp(stamp, x, y);
    }
    const touched = [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => opacityAt(raster, x, y)));
    expect(touched).toEqual([
      [0, 0, 50, 0],
      [0, 0, 0, 0],
      [50, 0, 0, 50],
      [0, 0, 50, 0],
    ]);
  });

  it('has dots that are round, odd in size and strongest in the middle', () => {
    const { sizePx, opacity } = pointStamp({ radiusPx: 2.2, peak: 0.8 });
    expect(sizePx % 2).toBe(1);
    expect(opacity[(sizePx * sizePx - 1) / 2]).toBe(204);
    expect(opacity[0]).toBe(0);
    expect([...opacity]).toEqual([...opacity].reverse());
  });
});

describe('looks of dots', () => {
  const paper = { fontPx: 14, plotHeightPx: 400 };
  const timeScale = { fromSec: 0, toSec: 100, leftPx: 0, widthPx: 600 };
  const lookOf = (count: number, spanSec: number): DotLook => {
    const points = new PointRing();
    for (let i = 0; i < count; i += 1) points.push((i / count) * spanSec, 1);
    return dotLook({ points, timeScale } as unknown as Panel, paper);
  };

  it('are strong where points are few, faint and small where they are many', () => {
    const [few, many] = [lookOf(100, 100), lookOf(50_000, 100)];
    expect(few).toEqual({ radiusPx: 2, peak: 0.85 });
    expect(many.peak).toBeLessThan(0.4);
    expect(many.radiusPx).toBeLessThan(few.radiusPx);
    expect(lookOf(60_000, 100).peak).toBeGreaterThanOrEqual(0.2);
  });

  it('go by the points in sight', () => {
    expect(lookOf(50_000, 100 * 500)).toEqual(lookOf(101, 100));
  });
});

describe('colours', () => {
  it('are read from the style sheet’s form only', () => {
    expect(rgbOf('#35c6e8')).toEqual([0x35, 0xc6, 0xe8]);
    expect(withAlpha('#ff0080', 0.5)).toBe('rgb(255 0 128 / 0.5)');
    expect(() => rgbOf('cyan')).toThrow('"cyan"');
  });
});

describe('layout', () => {
  it.each([
    [360, 300, 13, 1],
    [1280, 400, 14, 1],
    [3840, 1300, 30, 1],
    [720, 600, 26, 2],
    [10, 10, 13, 1],
  ])('%i x %i px: two equal panels, then the axis, none over the other', (...size) => {
    const { panels, axisLeftPx, plotHeightPx } = layoutScene(...size);
    const [left, right] = panels;
    expect(left.widthPx).toBe(right.widthPx);
    expect(left.widthPx).toBeGreaterThan(0);
    expect(left.leftPx + left.widthPx).toBeLessThan(right.leftPx);
    expect(right.leftPx + right.widthPx).toBeLessThan(axisLeftPx);
    expect(plotHeightPx).toBeGreaterThan(0);
  });
});

describe('frames', () => {
  function stage(outcomes: ('done' | 'moving')[] = []) {
    const frames: ((timeMs: number) => void)[] = [];
    let visible = true;
    let drawn = 0;
    const loop = new FrameLoop(
      { requestFrame: (run) => frames.push(run), isVisible: () => visible },
      () => {
        drawn += 1;
        return outcomes.shift() ?? 'done';
      },
    );
    return {
      loop,
      frame: () => frames.shift()?.(0),
      show: (now: boolean) => {
        visible = now;
        loop.visibilityChanged();
      },
      drawn: () => drawn,
      requested: () => frames.length,
    };
  }

  it('draw once however often it is asked for', () => {
    const { loop, frame, drawn, requested } = stage();
    loop.invalidate();
    loop.invalidate();
    expect(requested()).toBe(1);
    frame();
    expect(drawn()).toBe(1);
    expect(requested()).toBe(0);
  });

  it('go on by themselves while something moves', () => {
    const { loop, frame, drawn, requested } = stage(['moving', 'moving', 'done']);
    loop.invalidate();
    for (let i = 0; i < 5; i += 1) frame();
    expect(drawn()).toBe(3);
    expect(requested()).toBe(0);
  });

  it('do nothing while hidden, and once on return', () => {
    const { loop, frame, drawn, show, requested } = stage();
    loop.invalidate();
    show(false);
    frame();
    expect(drawn()).toBe(0);
    for (let i = 0; i < 100; i += 1) loop.invalidate();
    expect(requested()).toBe(0);
    show(true);
    expect(requested()).toBe(1);
    frame();
    expect(drawn()).toBe(1);
  });

  it('are not asked for on return when nothing changed', () => {
    const { show, requested } = stage();
    show(false);
    show(true);
    expect(requested()).toBe(0);
  });
});

describe('motion of the axis', () => {
  const first = { lowUsd: 90, highUsd: 110 };
  const second = { lowUsd: 190, highUsd: 210 };

  it('starts in place and glides when what is wanted moves', () => {
    const motion = new AxisMotion();
    expect(motion.step(null, 0, false)).toBeNull();
    expect(motion.step(first, 16, false)).toBe(first);
    const between = motion.step(second, 32, false);
    expect(between!.lowUsd).toBeGreaterThan(90);
    expect(between!.lowUsd).toBeLessThan(190);
    expect(motion.moving).toBe(true);
    motion.step(second, 5_000, false);
    expect(motion.moving).toBe(false);
  });

  it('jumps for those who want less motion', () => {
    const motion = new AxisMotion();
    motion.step(first, 0, true);
    expect(motion.step(second, 16, true)).toBe(second);
    expect(motion.moving).toBe(false);
  });
});

it('a scene is another one where a pixel of the page is of more pixels of the screen', () => {
  const keyAt = (unitPx: number): string => sceneKey({ unitPx, panels: [] } as unknown as Scene);
  expect(keyAt(2)).not.toBe(keyAt(1));
});

it('what is remembered is computed again for another argument only', () => {
  let computed = 0;
  const sum = rememberLast((list: readonly number[], more: number) => {
    computed += 1;
    return list.length + more;
  });
  const list = [1, 2];
  expect([sum(list, 1), sum(list, 1), sum(list, 2), sum([1, 2], 2)]).toEqual([3, 3, 4, 4]);
  expect(computed).toBe(3);
});
