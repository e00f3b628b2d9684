/** The point that the arrow keys chose, while the data moves on under it. */
import { describe, expect, it } from 'vitest';
import type { Scene } from '../src/drawing/scene.ts';
import { PointRing } from '../src/model/point-ring.ts';
import { PriceHistory } from '../src/model/price-history.ts';
import { ChartMark } from '../src/view/chart-mark.ts';

const mempool = new PointRing();

/** No more of a scene than a mark looks at. */
function sceneOf(): Scene {
  const panel = {
    timeScale: { fromSec: 0, toSec: 100, leftPx: 0, widthPx: 400 },
    history: new PriceHistory(1),
  };
  return {
    priceScale: { range: { lowUsd: 90, highUsd: 110 }, topPx: 0, heightPx: 300 },
    unitPx: 1,
    panels: [
      { ...panel, name: 'confirmed', points: new PointRing() },
      { ...panel, name: 'mempool', points: mempool },
    ],
  } as unknown as Scene;
}

/** The server tells all again that it knows from then on. */
function tellAgain(...points: readonly (readonly [timeSec: number, priceUsd: number])[]): void {
  mempool.dropFrom(5);
  for (const [timeSec, priceUsd] of points) mempool.push(timeSec, priceUsd);
}

describe('the point chosen by keyboard', () => {
  it('stays chosen when the server tells all points again, until it is not among them', () => {
    const scene = sceneOf();
    mempool.push(1, 95);
    tellAgain([10, 100], [20, 101], [20, 102]);
    const mark = new ChartMark();
    mark.move(scene, 'last');
    mark.move(scene, 'older');
    expect(mark.at(scene)).toEqual({ kind: 'point', panel: 'mempool', index: 2 });
    for (let i = 0; i < 2; i += 1) {
      tellAgain([6, 99], [10, 100], [20, 101], [20, 102], [30, 103]);
      expect(mark.at(scene)).toEqual({ kind: 'point', panel: 'mempool', index: 3 });
    }
    tellAgain([20, 102]);
    expect([mark.at(scene), mark.byKeyboard]).toEqual([null, false]);
  });
});
