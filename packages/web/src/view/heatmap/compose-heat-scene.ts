/** Turns what the page knows of the map into one scene to draw. */
import { layoutHeat } from '../../drawing/heatmap/heat-layout.ts';
import type { Book, HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import { cumulativeLongs, cumulativeShorts, cumulativeTo } from '../../model/heatmap/cumulative.ts';
import { densityScale, densitySpread } from '../../model/heatmap/density-scale.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import { slotEndSec, type TimePlan } from '../../model/heatmap/time-plan.ts';
import { isWithin, type PriceRange } from '../../model/price-scale.ts';
import type { TimeScale } from '../../model/time-scale.ts';
import type { HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import type { Looks } from '../looks.ts';

export interface HeatWish {
  /** What the axis shows in this frame. */
  readonly range: PriceRange | null;
  /** What it is on its way to: shades go by this, so that they stand still meanwhile. */
  readonly target: PriceRange | null;
  /** 0 to 1, see `densityScale`. */
  readonly slider: number;
  readonly live: boolean;
}

export function composeHeatScene(
  state: Heatmap,
  plan: TimePlan,
  nowSec: number,
  wish: HeatWish,
  looks: Looks,
): HeatScene {
  const { size, fontPx, palette, numbers, times } = looks;
  const {
    map,
    book: bookSpan,
    ...layout
  } = layoutHeat(size.widthPx, size.heightPx, fontPx, size.unitPx);
  const { history, snapshot } = state;
  const { range, target, slider, live } = wish;
  const toSec = slotEndSec(plan, nowSec);
  const timeScale: TimeScale = {
    ...map,
    toSec,
    fromSec: toSec - plan.slotCount * plan.intervalSec,
  };
  const stepUsd = history.binUsd ?? snapshot?.bucketUsd ?? 1;
  return {
    ...layout,
    unitPx: size.unitPx,
    fontPx,
    linePx: looks.linePx,
    fontFamily: looks.fontFamily,
    priceScale: range && { range, topPx: 0, heightPx: layout.plotHeightPx },
    palette,
    timeScale,
    plan,
    bookSpan,
    columns: history.columns,
    candles: history.candles,
    binUsd: history.binUsd,
    density: densityIn(state, target, slider),
    shadePixels: looks.shadePixels,
    book: snapshot && target && bookOf(snapshot, target),
    current: snapshot && { priceUsd: snapshot.currentPriceUsd, live },
    mark: null,
    axisPrice: (priceUsd) => numbers.stepPrice(priceUsd, stepUsd),
    axisTime: times.minuteOrDay,
    shortUsd: numbers.shortUsd,
    key: keyOf(state, plan, toSec, wish, looks),
  };
}

function densityIn(state: Heatmap, range: PriceRange | null, slider: number): HeatScene['density'] {
  if (!range) return null;
  const { history, snapshot } = state;
  const now = snapshot ? [{ timeSec: 0, levels: snapshot.levels }] : [];
  const spread = densitySpread(history.columns.length > 0 ? history.columns : now, range);
  return spread && densityScale(spread, slider);
}

function bookOf(snapshot: HeatSnapshot, range: PriceRange): Book {
  const { levels, bucketUsd } = snapshot;
  const longs = cumulativeLongs(snapshot);
  const shorts = cumulativeShorts(snapshot);
  const most = (volumes: Float64Array): number =>
    volumes.reduce(
      (max, usd, i) => (isWithin(range, levels.priceUsd[i]!) ? Math.max(max, usd) : max),
      0,
    );
  return {
    levels,
    bucketUsd,
    fullUsd: Math.max(most(levels.longUsd), most(levels.shortUsd)),
    longs,
    shorts,
    fullTotalUsd: Math.max(cumulativeTo(longs, range.lowUsd), cumulativeTo(shorts, range.highUsd)),
  };
}

function keyOf(
  { history, snapshot }: Heatmap,
  { intervalSec, slotCount }: TimePlan,
  toSec: number,
  { range, slider, live }: HeatWish,
  { size, fontPx }: Looks,
): string {
  return [
    size.widthPx,
    size.heightPx,
    fontPx,
    range?.lowUsd,
    range?.highUsd,
    toSec,
    intervalSec,
    slotCount,
    history.version,
    snapshot?.epoch,
    snapshot?.seq,
    slider,
    live,
  ].join(' ');
}
