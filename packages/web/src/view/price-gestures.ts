import type { Scene } from '../drawing/scene.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { panRange, yToPrice, zoomRange } from '../model/price-scale.ts';
import type { PriceChoice } from '../model/price-span.ts';
import { priceBounds } from '../model/price-window.ts';
import {
  keptMoment,
  panWindow,
  placeWindow,
  type TimeBounds,
  type TimeWindow,
  zoomFrom,
  zoomWindow,
} from '../model/time-window.ts';
import type { AxisMotion } from './axis-motion.ts';
import { panelWindows } from './compose-scene.ts';
import type { ChartArea, ZoomableChart } from './input/chart-gestures.ts';

/** What was drawn last: what a person takes hold of. */
export interface SeenPrices {
  readonly state: Dashboard;
  readonly nowSec: number;
  readonly scene: Scene;
}

export interface PriceGestureEvents {
  seen(): SeenPrices | null;
  choose(choice: PriceChoice): void;
  /** The axis was taken hold of, or let go. */
  axisChanged(): void;
}

const MEMPOOL = 1;

/**
 * Zooms and pans both panels of the price's chart: one window of time and one axis of prices for
 * both. The window is part of what is chosen, the axis is not.
 */
export class PriceGestures implements ZoomableChart {
  readonly #axis: AxisMotion;
  readonly #events: PriceGestureEvents;

  constructor(axis: AxisMotion, events: PriceGestureEvents) {
    this.#axis = axis;
    this.#events = events;
  }

  areaAt(x: number): ChartArea {
    const scene = this.#events.seen()?.scene;
    return scene && x * scene.unitPx >= scene.axisLeftPx ? 'prices' : 'times';
  }

  zoomed(factor: number, atX: number | null): void {
    this.#moveWindow(atX, (window, bounds, atShare) => {
      const { fromSec, toSec } = placeWindow(window, bounds);
      const at =
        atShare === null ? keptMoment(window, bounds) : fromSec + (toSec - fromSec) * atShare;
      return zoomWindow(window, bounds, at, factor);
    });
  }

  panned(byPx: number, atX: number): void {
    const scene = this.#events.seen()?.scene;
    if (!scene) return;
    this.stepped((-byPx * scene.unitPx) / scene.panels[MEMPOOL].timeScale.widthPx, atX);
  }

  stepped(share: number, atX: number | null = null): void {
    this.#moveWindow(atX, (window, bounds) => {
      const { fromSec, toSec } = placeWindow(window, bounds);
      return panWindow(window, bounds, (toSec - fromSec) * share);
    });
  }

  priceZoomed(factor: number, atY: number): void {
    const scene = this.#events.seen()?.scene;
    const range = this.#axis.shown;
    if (!scene?.priceScale || !range) return;
    const aboutUsd = yToPrice({ ...scene.priceScale, range }, atY * scene.unitPx);
    this.#axis.hold(zoomRange(range, aboutUsd, factor));
    this.#events.axisChanged();
  }

  pricePanned(byPx: number): void {
    const scene = this.#events.seen()?.scene;
    const range = this.#axis.shown;
    // As long as the axis follows the data it does not follow a hand that wants another time.
    if (!scene?.priceScale || !range || !this.#axis.isByHand) return;
    this.#axis.hold(panRange({ ...scene.priceScale, range }, byPx * scene.unitPx));
    this.#events.axisChanged();
  }

  reset(): void {
    this.priceReset();
    const choice = this.#events.seen()?.state.choice;
    if (choice?.zoom) this.#events.choose({ ...choice, zoom: null });
  }

  priceReset(): void {
    this.#axis.letGo();
    this.#events.axisChanged();
  }

  /** @param atX in which panel, which matters as long as each goes by its own data */
  #moveWindow(
    atX: number | null,
    move: (window: TimeWindow, bounds: TimeBounds, atShare: number | null) => TimeWindow,
  ): void {
    const seen = this.#events.seen();
    if (!seen) return;
    const { state, nowSec, scene } = seen;
    const atPx = atX === null ? null : atX * scene.unitPx;
    const index = atPx !== null && atPx < scene.panels[MEMPOOL].timeScale.leftPx ? 0 : MEMPOOL;
    const { leftPx, widthPx } = scene.panels[index].timeScale;
    const atShare = atPx === null ? null : Math.min(Math.max((atPx - leftPx) / widthPx, 0), 1);
    const window = panelWindows(state, nowSec)[index];
    const moved = move(window, priceBounds(nowSec), atShare);
    if (moved.spanSec === window.spanSec && moved.endSec === window.endSec) return;
    const whole = panelWindows(state, nowSec, null)[index];
    this.#events.choose({ ...state.choice, zoom: zoomFrom(whole, moved) });
  }
}
