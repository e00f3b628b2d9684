import { priceAxisLayer, timeAxisLayer } from '../drawing/axis-layers.ts';
import { currentPriceLayer } from '../drawing/current-price-layer.ts';
import { gridLayer } from '../drawing/grid-layer.ts';
import { bandLayer, priceLineLayer } from '../drawing/history-layers.ts';
import { drawLayers, type Layer } from '../drawing/layer.ts';
import { markLayer } from '../drawing/mark-layer.ts';
import { readRenderer } from '../drawing/points/choose-painter.ts';
import { PointsLayer } from '../drawing/points/points-layer.ts';
import type { Scene } from '../drawing/scene.ts';
import { sceneKey } from '../drawing/scene-key.ts';
import { type DeviceSize, Surface, watchDeviceSize } from '../drawing/surface.ts';
import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import type { PriceChoice } from '../model/price-span.ts';
import { AxisMotion } from './axis-motion.ts';
import { type ChartInput, listenToChart } from './chart-input.ts';
import { ChartMark } from './chart-mark.ts';
import { composeScene, leadingPrice, rangeFor } from './compose-scene.ts';
import { element } from './dom.ts';
import { type Looks, looksAt, readLooks } from './looks.ts';
import { type DrawnAnew, pictureUnit } from './picture/chart-picture.ts';
import { PriceGestures, type SeenPrices } from './price-gestures.ts';
import { PriceRangesView } from './price-ranges-view.ts';
import { TooltipView } from './tooltip-view.ts';

/**
 * The two panels. What moves with the data and what moves with the pointer are two canvases, so
 * that a pointer on the move redraws a ring and not 50,000 points.
 */
export class ChartView {
  readonly #stage = element('stage', HTMLElement);
  readonly #base = new Surface(element('chart-base', HTMLCanvasElement));
  readonly #top = new Surface(element('chart-mark', HTMLCanvasElement));
  readonly #baseLayers: readonly Layer[];
  readonly #mark = new ChartMark();
  readonly #motion = new AxisMotion();
  readonly #lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #tooltip: TooltipView;
  readonly #gestures: PriceGestures;
  readonly #ranges: PriceRangesView;
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;
  #size: DeviceSize | null = null;
  #looks: Looks | null = null;
  #seen: SeenPrices | null = null;
  #drawnBase = '';
  #drawnMark = '';

  constructor(
    numbers: NumberFormats,
    times: TimeFormats,
    choose: (choice: PriceChoice) => void,
    invalidate: () => void,
  ) {
    this.#numbers = numbers;
    this.#times = times;
    this.#tooltip = new TooltipView(numbers, times);
    this.#baseLayers = baseLayers(() => {
      this.#drawnBase = '';
      invalidate();
    });
    watchDeviceSize(this.#stage, (size) => {
      this.#size = size;
      this.#looks = null;
      invalidate();
    });
    this.#gestures = new PriceGestures(this.#motion, {
      seen: () => this.#seen,
      choose,
      axisChanged: invalidate,
    });
    this.#ranges = new PriceRangesView(
      (choice) => {
        this.#motion.letGo();
        choose(choice);
      },
      () => this.#goBack(),
    );
    this.#listen(invalidate);
  }

  /** @returns whether the axis is still on its way, so that the next frame differs */
  render(state: Dashboard, nowMs: number, frameMs: number, live: boolean): 'done' | 'moving' {
    this.#ranges.render(state.choice, this.#motion.isByHand);
    const looks = this.#looksNow();
    if (!looks || looks.size.widthPx === 0 || looks.size.heightPx === 0) return 'done';
    const current = leadingPrice(state, live);
    const nowSec = state.clock.nowSec(nowMs);
    const wanted = rangeFor(state, nowSec, current);
    const range = this.#motion.step(wanted, frameMs, this.#lessMotion.matches);
    const scene = composeScene(state, nowSec, range, current, looks);
    this.#seen = { state, nowSec, scene };
    this.#drawBase(scene);
    this.#drawMark(scene);
    return this.#motion.moving ? 'moving' : 'done';
  }

  /** Nothing is shown that could be saved. */
  get isBlank(): boolean {
    return !this.#seen?.scene.priceScale;
  }

  /** What is shown, to be drawn once more; null where there is nothing. */
  picture(state: Dashboard, nowMs: number, live: boolean): DrawnAnew<Scene> | null {
    if (!this.#looks || !this.#seen?.scene.priceScale) return null;
    const looks = looksAt(this.#looks, pictureUnit(this.#looks));
    const current = leadingPrice(state, live);
    const { range } = this.#seen.scene.priceScale;
    const scene = composeScene(state, state.clock.nowSec(nowMs), range, current, looks);
    const draw = (context: CanvasRenderingContext2D): void =>
      drawLayers(context, scene, this.#baseLayers);
    return { looks, scene, draw, shades: null };
  }

  #listen(invalidate: () => void): void {
    const input: ChartInput = {
      pointed: (at) => {
        const unitPx = this.#size?.unitPx ?? 1;
        this.#mark.point(at && { xPx: at.x * unitPx, yPx: at.y * unitPx });
        invalidate();
      },
      moved: (move) => {
        if (this.#seen) this.#mark.move(this.#seen.scene, move);
        invalidate();
      },
      left: () => {
        this.#mark.clear();
        invalidate();
      },
    };
    listenToChart(this.#stage, input, this.#gestures);
  }

  /** The button goes with the zoom, and whoever pressed it by keyboard goes on from the chart. */
  #goBack(): void {
    this.#gestures.reset();
    this.#stage.focus({ preventScroll: true });
  }

  #drawBase(scene: Scene): void {
    const key = sceneKey(scene);
    if (key === this.#drawnBase) return;
    this.#drawnBase = key;
    this.#base.resize(scene.widthPx, scene.heightPx);
    drawLayers(this.#base.context, scene, this.#baseLayers);
  }

  #drawMark(scene: Scene): void {
    const mark = this.#mark.at(scene);
    const key = mark ? `${this.#drawnBase} ${Object.values(mark).join(' ')}` : '';
    if (key === this.#drawnMark) return;
    this.#drawnMark = key;
    this.#top.resize(scene.widthPx, scene.heightPx);
    drawLayers(this.#top.context, { ...scene, mark }, [markLayer]);
    this.#tooltip.render(scene, mark, this.#mark.byKeyboard);
  }

  /** Font and colours are read from the style sheet once for each size of the page. */
  #looksNow(): Looks | null {
    if (!this.#size || this.#looks) return this.#looks;
    this.#looks = readLooks(this.#stage, this.#size, this.#numbers, this.#times);
    return this.#looks;
  }
}

/** @param onChange what was drawn is no longer true, though the scene is the same */
function baseLayers(onChange: () => void): readonly Layer[] {
  const points = new PointsLayer({
    wanted: readRenderer(location.search),
    onRenderer: (name) => {
      document.documentElement.dataset.renderer = name;
    },
    onChange,
  });
  return [
    gridLayer,
    points,
    bandLayer,
    priceLineLayer,
    priceAxisLayer,
    timeAxisLayer,
    currentPriceLayer,
  ];
}
