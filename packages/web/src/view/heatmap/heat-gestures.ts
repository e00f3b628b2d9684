import type { HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import type { HeatChoice, Heatmap } from '../../model/heatmap/heatmap.ts';
import { panRange, yToPrice, zoomRange } from '../../model/price-scale.ts';
import { xToTime } from '../../model/time-scale.ts';
import {
  keptMoment,
  panWindow,
  type TimeBounds,
  type TimeWindow,
  zoomFrom,
  zoomWindow,
} from '../../model/time-window.ts';
import type { AxisMotion } from '../axis-motion.ts';
import type { ChartArea, ZoomableChart } from '../input/chart-gestures.ts';

/** What was drawn last: what a person takes hold of. */
export interface SeenHeat {
  readonly state: Heatmap;
  readonly nowMs: number;
  readonly scene: HeatScene;
  readonly axis: AxisMotion;
}

export interface HeatGestureEvents {
  seen(): SeenHeat | null;
  choose(choice: HeatChoice): void;
  /** The axis was taken hold of, or let go. */
  axisChanged(): void;
}

/** Zooms and pans the map. The window is part of what is chosen, the axis of prices is not. */
export class HeatGestures implements ZoomableChart {
  readonly #events: HeatGestureEvents;

  constructor(events: HeatGestureEvents) {
    this.#events = events;
  }

  areaAt(x: number): ChartArea {
    const scene = this.#events.seen()?.scene;
    return scene && x * scene.unitPx >= scene.axisLeftPx ? 'prices' : 'times';
  }

  zoomed(factor: number, atX: number | null): void {
    this.#moveWindow((window, bounds, scene) => {
      const { leftPx, widthPx } = scene.timeScale;
      const atPx = Math.min(Math.max((atX ?? 0) * scene.unitPx, leftPx), leftPx + widthPx);
      const aboutSec = atX === null ? keptMoment(window, bounds) : xToTime(scene.timeScale, atPx);
      return zoomWindow(window, bounds, aboutSec, factor);
    });
  }

  panned(byPx: number): void {
    const scene = this.#events.seen()?.scene;
    if (scene) this.stepped((-byPx * scene.unitPx) / scene.timeScale.widthPx);
  }

  stepped(share: number): void {
    this.#moveWindow((window, bounds, { timeScale: { fromSec, toSec } }) =>
      panWindow(window, bounds, (toSec - fromSec) * share),
    );
  }

  priceZoomed(factor: number, atY: number): void {
    const seen = this.#events.seen();
    const range = seen?.axis.shown;
    if (!seen?.scene.priceScale || !range) return;
    const aboutUsd = yToPrice({ ...seen.scene.priceScale, range }, atY * seen.scene.unitPx);
    seen.axis.hold(zoomRange(range, aboutUsd, factor));
    this.#events.axisChanged();
  }

  pricePanned(byPx: number): void {
    const seen = this.#events.seen();
    const range = seen?.axis.shown;
    // As long as the axis follows the data it does not follow a hand that wants another time.
    if (!seen?.scene.priceScale || !range || !seen.axis.isByHand) return;
    seen.axis.hold(panRange({ ...seen.scene.priceScale, range }, byPx * seen.scene.unitPx));
    this.#events.axisChanged();
  }

  reset(): void {
    this.priceReset();
    const choice = this.#events.seen()?.state.shownChoice;
    if (choice?.zoom) this.#events.choose({ ...choice, zoom: null });
  }

  priceReset(): void {
    this.#events.seen()?.axis.letGo();
    this.#events.axisChanged();
  }

  #moveWindow(
    move: (window: TimeWindow, bounds: TimeBounds, scene: HeatScene) => TimeWindow,
  ): void {
    const seen = this.#events.seen();
    if (!seen) return;
    const { state, nowMs, scene } = seen;
    const window = state.window(nowMs);
    const whole = state.window(nowMs, null);
    const bounds = state.bounds(nowMs);
    if (!window || !whole || !bounds) return;
    const moved = move(window, bounds, scene);
    if (moved.spanSec === window.spanSec && moved.endSec === window.endSec) return;
    this.#events.choose({ ...state.shownChoice, zoom: zoomFrom(whole, moved) });
  }
}
