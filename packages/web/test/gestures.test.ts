/** What the hand that moves a chart chooses. */
import { expect, it } from 'vitest';
import type { HeatScene } from '../src/drawing/heatmap/heat-scene.ts';
import type { Scene } from '../src/drawing/scene.ts';
import { Dashboard } from '../src/model/dashboard.ts';
import { type HeatChoice, Heatmap } from '../src/model/heatmap/heatmap.ts';
import type { PriceChoice } from '../src/model/price-span.ts';
import { AxisMotion } from '../src/view/axis-motion.ts';
import { HeatGestures } from '../src/view/heatmap/heat-gestures.ts';
import { PriceGestures } from '../src/view/price-gestures.ts';
import { TIME_SEC } from './heatmap/samples.ts';

const WIDTH_PX = 700;

it('the map that is panned away and back is the whole range again', () => {
  const state = new Heatmap();
  const market = { symbol: 'BTCUSDT', venues: ['v'], intervalSec: 300 };
  state.takeMarkets({ markets: [market], demo: false });
  const nowMs = TIME_SEC * 1_000 + 70_123;
  const gestures = new HeatGestures({
    seen: () => {
      const view = state.view(nowMs)!;
      const timeScale = { leftPx: 0, widthPx: WIDTH_PX, fromSec: view.fromSec, toSec: view.toSec };
      const scene = { timeScale, unitPx: 1 } as unknown as HeatScene;
      return { state, nowMs, scene, axis: new AxisMotion() };
    },
    choose: (choice: HeatChoice) => {
      state.choice = choice;
    },
    axisChanged: () => {},
  });
  for (const range of ['12h', '7d', '90d'] as const) {
    state.choice = { symbol: null, range, zoom: null };
    gestures.panned(33);
    expect(state.choice.zoom?.endSec).not.toBeNull();
    gestures.panned(-33);
    expect(state.choice.zoom).toBeNull();
    gestures.zoomed(0.7, null);
    expect(state.choice.zoom?.endSec).toBeNull();
    gestures.zoomed(1 / 0.7, null);
    expect(state.choice.zoom).toBeNull();
  }
});

it('the price that is panned away and back is as far as the range goes again', () => {
  const state = new Dashboard();
  const nowSec = TIME_SEC + 70.123;
  const panel = { timeScale: { leftPx: 0, widthPx: WIDTH_PX } };
  const scene = { panels: [panel, panel], unitPx: 1 } as unknown as Scene;
  const gestures = new PriceGestures(new AxisMotion(), {
    seen: () => ({ state, nowSec, scene }),
    choose: (choice: PriceChoice) => {
      state.choice = choice;
    },
    axisChanged: () => {},
  });
  for (const span of ['auto', '1h', '12h'] as const) {
    state.choice = { span, zoom: null };
    gestures.panned(33, 0);
    expect(state.choice.zoom?.endSec).not.toBeNull();
    gestures.panned(-33, 0);
    expect(state.choice.zoom).toBeNull();
  }
});
