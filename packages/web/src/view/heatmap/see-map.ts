/** What of the map is seen: which stretch of time, and what there is of it. */
import type { HeatPart } from '../../drawing/heatmap/heat-scene.ts';
import type { HeatView } from '../../model/heatmap/heat-view.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import type { MapHistory } from '../../model/heatmap/map-history.ts';
import { wantedMapRange } from '../../model/heatmap/map-range.ts';
import { seenCandles, seenColumns, stakeAtEnd } from '../../model/heatmap/seen-prices.ts';
import { slotEndSec } from '../../model/heatmap/time-plan.ts';
import type { PriceRange } from '../../model/price-scale.ts';
import { rememberLast } from '../remember-last.ts';

export interface SeenMap {
  readonly view: HeatView;
  /** From back to front; one of them has the slot in progress. */
  readonly parts: readonly HeatPart[];
  /** The prices that should be in view; null before any. */
  readonly wanted: PriceRange | null;
}

/** Closed columns may come some slots late; what ends earlier does not reach to now. */
const LATE_SLOTS = 3;

/** Cuts from what is loaded what is seen; the same list as before where nothing changed. */
export class MapSight {
  readonly #columns = rememberLast(seenColumns);

  /** Null without a market. */
  see(state: Heatmap, nowMs: number): SeenMap | null {
    const view = state.view(nowMs);
    if (!view) return null;
    const { snapshot } = state;
    const endSec = state.endSec(nowMs);
    const maps = state.maps.shown(view);
    const last = maps.at(-1);
    const reaching = maps.findLast((map) => map.toSec >= endSec - LATE_SLOTS * map.intervalSec);
    const parts = maps.map((map) => this.#part(map, view, map === reaching ? endSec : null));
    if (!reaching) parts.push(nowAlone(view, endSec, last?.binUsd ?? snapshot?.bucketUsd ?? null));
    const candles = parts.flatMap((part) => part.candles);
    const columns = parts.findLast((part) => part.columns.length > 0)?.columns ?? [];
    const stake = stakeAtEnd(snapshot, columns, candles, view.toSec >= endSec);
    return { view, parts, wanted: wantedMapRange(candles, stake) };
  }

  /** @param endSec a moment of the slot in progress, where the part reaches that far */
  #part(map: MapHistory, view: HeatView, endSec: number | null): HeatPart {
    const { intervalSec, fromSec, columns, binUsd } = map;
    const nowEndSec = endSec === null ? map.toSec : slotEndSec(map, endSec);
    return {
      intervalSec,
      fromSec,
      toSec: nowEndSec,
      columns: this.#columns(columns, intervalSec, view.fromSec, view.toSec),
      candles: seenCandles(map, view),
      binUsd,
      nowSlot: endSec === null ? null : nowEndSec / intervalSec - 1,
    };
  }
}

/** Only the slot in progress. */
function nowAlone({ plan }: HeatView, endSec: number, binUsd: number | null): HeatPart {
  const { intervalSec } = plan;
  const toSec = slotEndSec(plan, endSec);
  const slot = toSec / intervalSec - 1;
  const fromSec = toSec - intervalSec;
  return { intervalSec, fromSec, toSec, columns: [], candles: [], binUsd, nowSlot: slot };
}
