/** Turns what the page knows into one scene to draw. */
import type { PriceUpdate } from '@tidegauge/client';
import type { Palette } from '../drawing/palette.ts';
import type { PanelSpan } from '../drawing/plot.ts';
import type { CurrentPrice, Panel, Scene } from '../drawing/scene.ts';
import { layoutScene } from '../drawing/scene-layout.ts';
import type { Dashboard } from '../model/dashboard.ts';
import type { PointColumns } from '../model/point-ring.ts';
import type { PriceColumns } from '../model/price-history.ts';
import { wantedRange } from '../model/price-range.ts';
import type { PriceRange } from '../model/price-scale.ts';
import type { TimeScale } from '../model/time-scale.ts';
import { spanFor } from '../model/time-span.ts';
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

export function rangeFor(state: Dashboard, current: CurrentPrice | null): PriceRange | null {
  return wantedRange([state.priceHistory, state.confirmedHistory], current);
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
  const confirmed: Panel = {
    name: 'confirmed',
    timeScale: timeScaleFor(left, nowSec, state.confirmedPoints, state.confirmedHistory),
    points: state.confirmedPoints,
    history: state.confirmedHistory,
    line: 'held',
    colour: palette.confirmed,
  };
  const mempool: Panel = {
    name: 'mempool',
    timeScale: timeScaleFor(right, nowSec, state.mempoolPoints, state.priceHistory),
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
  points: PointColumns,
  history: PriceColumns,
): TimeScale {
  const firstPoint = points.length > 0 ? points.placeSec(0) : nowSec;
  const firstSample = history.length > 0 ? history.timeSec(0) : nowSec;
  const spanSec = spanFor(nowSec - Math.min(firstPoint, firstSample));
  // In steps of one pixel: in between the picture would be the same.
  const stepSec = spanSec / widthPx;
  const toSec = Math.ceil(nowSec / stepSec) * stepSec;
  return { fromSec: toSec - spanSec, toSec, leftPx, widthPx };
}
