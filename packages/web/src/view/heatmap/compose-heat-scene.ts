/** Turns what the page knows of the map into one scene to draw. */
import { layoutHeat } from '../../drawing/heatmap/heat-layout.ts';
import type { Book, HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import type { PanelSpan } from '../../drawing/plot.ts';
import { cumulativeLongs, cumulativeShorts, cumulativeTo } from '../../model/heatmap/cumulative.ts';
import { densityScale, densitySpread } from '../../model/heatmap/density-scale.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import { rebucket } from '../../model/heatmap/rebucket.ts';
import { slotEndSec, type TimePlan } from '../../model/heatmap/time-plan.ts';
import { isWithin, type PriceRange } from '../../model/price-scale.ts';
import type { TimeScale } from '../../model/time-scale.ts';
import type { HeatColumn, HeatSnapshot, Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import type { Looks } from '../looks.ts';
import { rememberLast } from '../remember-last.ts';

const NO_COLUMNS: readonly HeatColumn[] = [];

export interface HeatWish {
  /** What the axis shows in this frame. */
  readonly range: PriceRange | null;
  /** What it is on its way to: shades go by this, so that they stand still meanwhile. */
  readonly target: PriceRange | null;
  /** 0 to 1, see `densityScale`. */
  readonly slider: number;
  readonly live: boolean;
}

/** Remembers what a scene shares with the one before it, as most of them do. */
export class HeatSceneComposer {
  readonly #spread = rememberLast(densitySpread);
  readonly #density = rememberLast(densityScale);
  readonly #book = rememberLast(bookOf);
  readonly #rebucketed = rememberLast(rebucket);
  readonly #alone = rememberLast((levels: Levels) => [{ timeSec: 0, levels }]);

  compose(state: Heatmap, plan: TimePlan, nowMs: number, wish: HeatWish, looks: Looks): HeatScene {
    const { size, fontPx, palette, numbers, times } = looks;
    const layout = layoutHeat(size.widthPx, size.heightPx, fontPx, size.unitPx);
    const { history, snapshot } = state;
    // Levels that are not known are not drawn as if they were none.
    const unknown = state.lacksOpenInterest;
    const known = unknown ? null : snapshot;
    const { range, target, live } = wish;
    const toSec = slotEndSec(plan, state.endSec(nowMs));
    const nowSec = state.clock.nowSec(nowMs);
    const momentText = (timeSec: number): string => times.dayAndMinute(timeSec, nowSec);
    const binUsd = history.binUsd ?? snapshot?.bucketUsd ?? null;
    return {
      ...layout,
      unitPx: size.unitPx,
      fontPx,
      linePx: looks.linePx,
      fontFamily: looks.fontFamily,
      priceScale: range && { range, topPx: 0, heightPx: layout.plotHeightPx },
      palette,
      timeScale: timeScaleOf(layout.map, plan, toSec),
      plan,
      columns: unknown ? NO_COLUMNS : history.columns,
      candles: history.candles,
      binUsd,
      now: this.#nowIn(known, binUsd),
      density: this.#densityIn(state, wish),
      shadePixels: looks.shadePixels,
      book: known && target && this.#book(known, target),
      current: snapshot && { priceUsd: snapshot.currentPriceUsd, live },
      mark: null,
      nowText: live || !snapshot ? 'Now' : momentText(snapshot.timeSec),
      momentText,
      axisPrice: (priceUsd) => numbers.stepPrice(priceUsd, binUsd ?? 1),
      axisTime: times.tick,
      shortUsd: numbers.shortUsd,
      key: keyOf(state, plan, toSec, wish, looks),
    };
  }

  #nowIn(snapshot: HeatSnapshot | null, binUsd: number | null): Levels | null {
    if (!snapshot || binUsd === null) return null;
    return this.#rebucketed(snapshot.levels, snapshot.bucketUsd, binUsd);
  }

  #densityIn({ history, snapshot }: Heatmap, { target, slider }: HeatWish): HeatScene['density'] {
    const { columns } = history;
    if (!target || (columns.length === 0 && !snapshot)) return null;
    const shown = columns.length === 0 && snapshot ? this.#alone(snapshot.levels) : columns;
    const spread = this.#spread(shown, target);
    return spread && this.#density(spread, slider);
  }
}

function timeScaleOf(map: PanelSpan, plan: TimePlan, toSec: number): TimeScale {
  return { ...map, toSec, fromSec: toSec - plan.slotCount * plan.intervalSec };
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
