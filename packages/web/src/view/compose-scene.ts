/** Turns what the page knows into one scene to draw. */
import type { PriceUpdate } from '@tidegauge/client';
import type { Palette } from '../drawing/palette.ts';
import type { PanelSpan } from '../drawing/plot.ts';
import type { CurrentPrice, Panel, Scene } from '../drawing/scene.ts';
import { layoutScene } from '../drawing/scene-layout.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { lastInSight, wantedRange } from '../model/price-range.ts';
import type { PriceRange } from '../model/price-scale.ts';
import { priceBounds, priceWindow } from '../model/price-window.ts';
import type { TimeScale } from '../model/time-scale.ts';
import { placeWindow, type TimeWindow } from '../model/time-window.ts';
import type { Looks } from './looks.ts';

type Reading = Pick<PriceUpdate, 'priceUsd' | 'lowUsd' | 'highUsd'>;

/** The price that the axis follows: the live one, else that of the blocks. */
export function leadingPrice(state: Dashboard, live: boolean): CurrentPrice | null {
  return standing(state.price, live) ?? standing(state.confirmed, live);
}

function standing(reading: Reading | null, live: boolean): CurrentPrice | null {
  if (!reading) return null;
  const { priceUsd, lowUsd, highUsd } = reading;
  return priceUsd === null || lowUsd === null || highUsd === null
    ? null
    : { priceUsd, lowUsd, highUsd, live };
}

/** @param current leads while the panels show the present, else the last price that they show */
export function rangeFor(
  state: Dashboard,
  nowSec: number,
  current: CurrentPrice | null,
): PriceRange | null {
  const inSight = panelWindows(state, nowSec).map((window, i) => ({
    history: i === 0 ? state.confirmedHistory : state.priceHistory,
    ...placeWindow(window, priceBounds(nowSec)),
  }));
  if (state.choice.zoom === null || state.choice.zoom.endSec === null) {
    return wantedRange(inSight, current);
  }
  const [confirmed, mempool] = inSight.map(lastInSight);
  return wantedRange(inSight, mempool ?? confirmed ?? current);
}

/** What each panel looks at: confirmed, mempool. */
export function panelWindows(
  state: Dashboard,
  nowSec: number,
  zoom: TimeWindow | null = state.choice.zoom,
): readonly [confirmed: TimeWindow, mempool: TimeWindow] {
  const choice = { ...state.choice, zoom };
  return [
    priceWindow(choice, nowSec, state.confirmedPoints, state.confirmedHistory),
    priceWindow(choice, nowSec, state.mempoolPoints, state.priceHistory),
  ];
}

export function composeScene(
  state: Dashboard,
  nowSec: number,
  range: PriceRange | null,
  current: CurrentPrice | null,
  looks: Looks,
): Scene {
  const { size, fontPx, palette } = looks;
  const layout = layoutScene(size.widthPx, size.heightPx, fontPx, size.unitPx);
  return {
    ...layout,
    unitPx: size.unitPx,
    fontPx,
    linePx: looks.linePx,
    fontFamily: looks.fontFamily,
    priceScale: range && { range, topPx: 0, heightPx: layout.plotHeightPx },
    panels: panelsFor(state, nowSec, layout.panels, palette),
    current,
    mark: null,
    palette,
    axisPrice: looks.numbers.axisPrice,
    axisTime: looks.times.tick,
  };
}

function panelsFor(
  state: Dashboard,
  nowSec: number,
  [left, right]: readonly [PanelSpan, PanelSpan],
  palette: Palette,
): readonly [Panel, Panel] {
  const windows = panelWindows(state, nowSec);
  const confirmed: Panel = {
    name: 'confirmed',
    timeScale: timeScaleFor(left, nowSec, windows[0]),
    points: state.confirmedPoints,
    history: state.confirmedHistory,
    line: 'held',
    colour: palette.confirmed,
  };
  const mempool: Panel = {
    name: 'mempool',
    timeScale: timeScaleFor(right, nowSec, windows[1]),
    points: state.mempoolPoints,
    history: state.priceHistory,
    line: 'joined',
    colour: palette.mempool,
  };
  return [confirmed, mempool];
}

function timeScaleFor(
  { leftPx, widthPx }: PanelSpan,
  nowSec: number,
  window: TimeWindow,
): TimeScale {
  const { fromSec, toSec } = placeWindow(window, priceBounds(nowSec));
  if (window.endSec !== null) return { fromSec, toSec, leftPx, widthPx };
  // In steps of one pixel: in between the picture would be the same.
  const spanSec = toSec - fromSec;
  const stepSec = spanSec / widthPx;
  const endSec = Math.ceil(nowSec / stepSec) * stepSec;
  return { fromSec: endSec - spanSec, toSec: endSec, leftPx, widthPx };
}
