import { bookLayer } from '../../drawing/heatmap/book-layer.ts';
import { candleLayer } from '../../drawing/heatmap/candle-layer.ts';
import {
  heatAxisLayer,
  heatGridLayer,
  heatGroundLayer,
  heatPriceLayer,
} from '../../drawing/heatmap/heat-grid-layers.ts';
import { heatMarkLayer } from '../../drawing/heatmap/heat-mark-layer.ts';
import type { HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import { MapLayer } from '../../drawing/heatmap/map-layer.ts';
import { drawLayers, type Layer } from '../../drawing/layer.ts';
import { type DeviceSize, Surface, watchDeviceSize } from '../../drawing/surface.ts';
import type { NumberFormats } from '../../format/numbers.ts';
import type { TimeFormats } from '../../format/times.ts';
import type { HeatChoice, Heatmap } from '../../model/heatmap/heatmap.ts';
import type { TimeWindow } from '../../model/time-window.ts';
import { AxisMotion } from '../axis-motion.ts';
import { type ChartInput, listenToChart } from '../chart-input.ts';
import { element, setHidden, setText } from '../dom.ts';
import { type Looks, looksAt, readLooks } from '../looks.ts';
import { type DrawnAnew, pictureUnit } from '../picture/chart-picture.ts';
import { HeatSceneComposer, type HeatWish } from './compose-heat-scene.ts';
import { HeatGestures, type SeenHeat } from './heat-gestures.ts';
import { HeatLegendView } from './heat-legend-view.ts';
import { HeatMarker } from './heat-mark.ts';
import { HeatTooltipView } from './heat-tooltip-view.ts';
import { MapSight, type SeenMap } from './see-map.ts';

type HeatAxis = Pick<HeatWish, 'range' | 'target'>;

export interface HeatChartEvents {
  /** Something is to be drawn. */
  invalidate(): void;
  /** The map has another width, CSS pixels. */
  widthChanged(widthCssPx: number): void;
  /** 0 to 1. */
  thresholdChanged(threshold: number): void;
  /** A person zoomed or panned. */
  choose(choice: HeatChoice): void;
}

/** The map over time, and beside it the map of now; two canvases, as the price chart has. */
export class HeatChartView {
  readonly #stage = element('heat-stage', HTMLElement);
  readonly #base = new Surface(element('heat-base', HTMLCanvasElement));
  readonly #top = new Surface(element('heat-mark', HTMLCanvasElement));
  readonly #baseLayers: readonly Layer<HeatScene>[] = [
    heatGroundLayer,
    new MapLayer(),
    heatGridLayer,
    candleLayer,
    bookLayer,
    heatAxisLayer,
    heatPriceLayer,
  ];
  readonly #back = element('heat-back', HTMLButtonElement);
  readonly #sight = new MapSight();
  readonly #composer = new HeatSceneComposer();
  readonly #marker = new HeatMarker();
  readonly #gestures: HeatGestures;
  readonly #lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #tooltip: HeatTooltipView;
  readonly #legend: HeatLegendView;
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;
  #motion = new AxisMotion();
  /** What the motion is of: neither another market's axis glides from here, nor one that loads. */
  #motionOf = '';
  #size: DeviceSize | null = null;
  #looks: Looks | null = null;
  #seen: SeenHeat | null = null;
  #drawnBase = '';
  #drawnMark = '';

  constructor(numbers: NumberFormats, times: TimeFormats, events: HeatChartEvents) {
    this.#numbers = numbers;
    this.#times = times;
    this.#tooltip = new HeatTooltipView(numbers);
    this.#legend = new HeatLegendView(numbers, (threshold) => events.thresholdChanged(threshold));
    watchDeviceSize(this.#stage, (size) => {
      this.#size = size;
      this.#looks = null;
      if (size.widthPx > 0) events.widthChanged(size.widthPx / size.unitPx);
      events.invalidate();
    });
    this.#gestures = new HeatGestures({
      seen: () => this.#seen,
      choose: (choice) => events.choose(choice),
      axisChanged: () => events.invalidate(),
    });
    this.#back.addEventListener('click', () => this.#goBack());
    this.#listen(() => events.invalidate());
  }

  /** @returns whether the axis is still on its way, so that the next frame differs */
  render(state: Heatmap, nowMs: number, frameMs: number, live: boolean): 'done' | 'moving' {
    const looks = this.#looksNow();
    if (!looks || looks.size.widthPx === 0 || looks.size.heightPx === 0) return 'done';
    const seen = this.#sight.see(state, nowMs);
    if (!seen) {
      this.#blank(looks, state.threshold);
      return 'done';
    }
    const wish = { ...this.#axis(state, seen.wanted, frameMs), live };
    const scene = this.#composer.compose(state, seen, nowMs, wish, looks);
    this.#seen = { state, nowMs, scene, axis: this.#motion };
    this.#drawBase(scene);
    this.#drawMark(scene);
    this.#legend.render(scene.density, scene.shadePixels, state.threshold);
    this.#renderBack(state.choice.zoom);
    return this.#motion.moving ? 'moving' : 'done';
  }

  /** Nothing is shown that could be saved. */
  get isBlank(): boolean {
    return !this.#seen?.scene.priceScale;
  }

  /** What is shown, to be drawn once more; null where there is nothing. */
  picture(state: Heatmap, nowMs: number, live: boolean): DrawnAnew<HeatScene> | null {
    const seen = this.#sight.see(state, nowMs);
    const range = this.#seen?.scene.priceScale?.range;
    if (!seen || !range || !this.#looks) return null;
    const looks = looksAt(this.#looks, pictureUnit(this.#looks));
    const wish = { range, target: this.#motion.target, live };
    const scene = this.#composer.compose(state, seen, nowMs, wish, looks);
    return {
      looks,
      scene,
      draw: (context) => drawLayers(context, scene, this.#baseLayers),
      shades: this.#legend.shades,
    };
  }

  #axis(
    { snapshot, market, choice, maps }: Heatmap,
    wanted: SeenMap['wanted'],
    frameMs: number,
  ): HeatAxis {
    const motionOf = `${market?.symbol} ${choice.range} ${maps.count > 0} ${snapshot !== null}`;
    if (motionOf !== this.#motionOf) {
      this.#motionOf = motionOf;
      this.#motion = new AxisMotion();
    }
    const range = this.#motion.step(wanted, frameMs, this.#lessMotion.matches);
    return { range, target: this.#motion.target };
  }

  #renderBack(zoom: TimeWindow | null): void {
    setHidden(this.#back, zoom === null && !this.#motion.isByHand);
    setText(this.#back, zoom !== null && zoom.endSec !== null ? 'Back to now' : 'Reset zoom');
  }

  /** The button goes with the zoom, and whoever pressed it by keyboard goes on from the chart. */
  #goBack(): void {
    this.#gestures.reset();
    this.#stage.focus({ preventScroll: true });
  }

  #listen(invalidate: () => void): void {
    const input: ChartInput = {
      pointed: (at) => {
        const unitPx = this.#size?.unitPx ?? 1;
        this.#marker.point(at && { xPx: at.x * unitPx, yPx: at.y * unitPx });
        invalidate();
      },
      moved: (move) => {
        if (this.#seen) this.#marker.move(this.#seen.scene, move);
        invalidate();
      },
      left: () => {
        this.#marker.clear();
        invalidate();
      },
    };
    listenToChart(this.#stage, input, this.#gestures);
  }

  #blank({ shadePixels }: Looks, threshold: number): void {
    if (this.#drawnBase === '') return;
    this.#drawnBase = '';
    this.#drawnMark = '';
    this.#seen = null;
    this.#base.clear();
    this.#top.clear();
    this.#tooltip.hide();
    this.#legend.render(null, shadePixels, threshold);
    setHidden(this.#back, true);
  }

  #drawBase(scene: HeatScene): void {
    if (scene.key === this.#drawnBase) return;
    this.#drawnBase = scene.key;
    this.#base.resize(scene.widthPx, scene.heightPx);
    drawLayers(this.#base.context, scene, this.#baseLayers);
  }

  #drawMark(scene: HeatScene): void {
    const mark = this.#marker.at(scene);
    const key = mark ? `${scene.key} ${mark.part.intervalSec} ${mark.slot} ${mark.bucket}` : '';
    if (key === this.#drawnMark) return;
    this.#drawnMark = key;
    this.#top.resize(scene.widthPx, scene.heightPx);
    drawLayers(this.#top.context, { ...scene, mark }, [heatMarkLayer]);
    this.#tooltip.render(scene, mark, this.#marker.byKeyboard);
  }

  /** Font and colours are read from the style sheet once for each size of the page. */
  #looksNow(): Looks | null {
    if (!this.#size || this.#looks) return this.#looks;
    this.#looks = readLooks(this.#stage, this.#size, this.#numbers, this.#times);
    return this.#looks;
  }
}
