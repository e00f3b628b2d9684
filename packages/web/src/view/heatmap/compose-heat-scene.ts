/** Turns what the page knows of the map into one scene to draw. */
import { layoutHeat } from '../../drawing/heatmap/heat-layout.ts';
import type { Book, HeatPart, HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import { cumulativeLongs, cumulativeShorts, cumulativeTo } from '../../model/heatmap/cumulative.ts';
import { densityScale, densitySpread } from '../../model/heatmap/density-scale.ts';
import type { HeatView } from '../../model/heatmap/heat-view.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import { rebucket } from '../../model/heatmap/rebucket.ts';
import { isWithin, type PriceRange } from '../../model/price-scale.ts';
import type { HeatSnapshot, Levels } from '../../wire/heatmap/heatmap-incoming.ts';
import type { Looks } from '../looks.ts';
import { rememberLast } from '../remember-last.ts';
import type { SeenMap } from './see-map.ts';

export interface HeatWish {
  /** What the axis shows in this frame. */
  readonly range: PriceRange | null;
  /** What it is on its way to: shades go by this, so that they stand still meanwhile. */
  readonly target: PriceRange | null;
  readonly live: boolean;
}

/** Remembers what a scene shares with the one before it, as most of them do. */
export class HeatSceneComposer {
  readonly #spread = rememberLast(densitySpread);
  readonly #density = rememberLast(densityScale);
  readonly #book = rememberLast(bookOf);
  readonly #rebucketed = rememberLast(rebucket);
  readonly #alone = rememberLast((levels: Levels) => [{ timeSec: 0, levels }]);

  compose(state: Heatmap, seen: SeenMap, nowMs: number, wish: HeatWish, looks: Looks): HeatScene {
    const { size, fontPx, palette, numbers, times } = looks;
    const layout = layoutHeat(size.widthPx, size.heightPx, fontPx, size.unitPx);
    const { snapshot } = state;
    // Levels that are not known are not drawn as if they were none.
    const known = state.lacksOpenInterest ? null : snapshot;
    const { range, target, live } = wish;
    const { view, parts } = seen;
    const nowSec = state.clock.nowSec(nowMs);
    const momentText = (timeSec: number): string => times.dayAndMinuteHere(timeSec, nowSec);
    const binUsd = binOf(parts) ?? snapshot?.bucketUsd ?? null;
    return {
      ...layout,
      unitPx: size.unitPx,
      fontPx,
      linePx: looks.linePx,
      fontFamily: looks.fontFamily,
      priceScale: range && { range, topPx: 0, heightPx: layout.plotHeightPx },
      palette,
      timeScale: { ...layout.map, fromSec: view.fromSec, toSec: view.toSec },
      parts: known ? parts : parts.map(withoutLevels),
      binUsd,
      now: this.#nowIn(known, parts),
      density: this.#densityIn(known, parts, target, state.threshold),
      shadePixels: looks.shadePixels,
      book: known && target && this.#book(known, target),
      current: snapshot && { priceUsd: snapshot.currentPriceUsd, live },
      mark: null,
      nowText: live || !snapshot ? 'Now' : momentText(snapshot.timeSec),
      momentText,
      axisPrice: (priceUsd) => numbers.stepPrice(priceUsd, binUsd ?? 1),
      axisTime: times.tick,
      shortUsd: numbers.shortUsd,
      key: keyOf(state, view, wish, looks),
    };
  }

  #nowIn(snapshot: HeatSnapshot | null, parts: readonly HeatPart[]): Levels | null {
    const binUsd = parts.find(({ nowSlot }) => nowSlot !== null)?.binUsd ?? null;
    if (!snapshot || binUsd === null) return null;
    return this.#rebucketed(snapshot.levels, snapshot.bucketUsd, binUsd);
  }

  #densityIn(
    snapshot: HeatSnapshot | null,
    parts: readonly HeatPart[],
    target: PriceRange | null,
    slider: number,
  ): HeatScene['density'] {
    const columns = parts.findLast((part) => part.columns.length > 0)?.columns;
    if (!target || (!columns && !snapshot)) return null;
    const shown = columns ?? this.#alone(snapshot!.levels);
    const spread = this.#spread(shown, target);
    return spread && this.#density(spread, slider);
  }
}

/** Height of a bucket of what the shades go by. */
function binOf(parts: readonly HeatPart[]): number | null {
  return parts.findLast(({ columns }) => columns.length > 0)?.binUsd ?? null;
}

function withoutLevels(part: HeatPart): HeatPart {
  return { ...part, columns: [] };
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
  { maps, snapshot, threshold }: Heatmap,
  { plan, fromSec, toSec }: HeatView,
  { range, live }: HeatWish,
  { size, fontPx }: Looks,
): string {
  return [
    ...Object.values(size),
    fontPx,
    range?.lowUsd,
    range?.highUsd,
    fromSec,
    toSec,
    plan.intervalSec,
    maps.version,
    snapshot?.epoch,
    snapshot?.seq,
    threshold,
    live,
  ].join(' ');
}
