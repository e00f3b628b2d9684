import { type PriceScale, priceToY } from '../../model/price-scale.ts';
import type { Candle } from '../../wire/heatmap/heatmap-incoming.ts';
import type { Layer } from '../layer.ts';
import { type HeatPart, type HeatScene, slotWidthPx, slotX } from './heat-scene.ts';

/** The candles over the map: bright where the price rose, dim where it fell, edged in dark. */
export const candleLayer: Layer<HeatScene> = {
  draw(context, scene) {
    const { priceScale, timeScale, plotHeightPx } = scene;
    if (!priceScale) return;
    context.beginPath();
    context.rect(timeScale.leftPx, 0, timeScale.widthPx, plotHeightPx);
    context.clip();
    const shapes = scene.parts.flatMap((part, i) =>
      part.candles
        .filter(({ timeSec }) => !isHidden(scene, i, timeSec))
        .map((candle) => shapeOf(scene, part, priceScale, candle)),
    );
    const edgePx = Math.max(1, Math.round(scene.linePx * 0.75));
    context.fillStyle = scene.palette.tagText;
    context.globalAlpha = 0.75;
    for (const shape of shapes) fillShape(context, shape, edgePx);
    context.globalAlpha = 1;
    for (const rose of [true, false]) {
      context.fillStyle = rose ? scene.palette.candleUp : scene.palette.candleDown;
      for (const shape of shapes) if (shape.rose === rose) fillShape(context, shape, 0);
    }
  },
};

/** A part further to the front has that time. */
function isHidden({ parts }: HeatScene, of: number, timeSec: number): boolean {
  return parts.some((part, i) => i > of && timeSec >= part.fromSec && timeSec < part.toSec);
}

/** A body over a wick, in whole pixels so that none is blurred. */
interface CandleShape {
  readonly rose: boolean;
  readonly bodyLeft: number;
  readonly bodyWidth: number;
  readonly bodyTop: number;
  readonly bodyHeight: number;
  readonly wickLeft: number;
  readonly wickWidth: number;
  readonly wickTop: number;
  readonly wickHeight: number;
}

function shapeOf(scene: HeatScene, part: HeatPart, scale: PriceScale, candle: Candle): CandleShape {
  const slotPx = slotWidthPx(scene, part);
  const middle = Math.round(slotX(scene, part, candle.timeSec / part.intervalSec) + slotPx / 2);
  const wickWidth = slotPx < 4 ? 1 : scene.linePx;
  const half = Math.max(0, Math.round((slotPx * 0.62 - wickWidth) / 2));
  const [high, low] = [priceToY(scale, candle.high), priceToY(scale, candle.low)].map(Math.round);
  const ends = [priceToY(scale, candle.open), priceToY(scale, candle.close)].map(Math.round);
  const bodyTop = Math.min(...ends);
  return {
    rose: candle.close >= candle.open,
    bodyLeft: middle - half,
    bodyWidth: half * 2 + wickWidth,
    bodyTop,
    bodyHeight: Math.max(1, Math.max(...ends) - bodyTop),
    wickLeft: middle,
    wickWidth,
    wickTop: high!,
    wickHeight: Math.max(1, low! - high!),
  };
}

function fillShape(context: CanvasRenderingContext2D, shape: CandleShape, edgePx: number): void {
  const { bodyLeft, bodyTop, bodyWidth, bodyHeight, wickLeft, wickTop, wickWidth, wickHeight } =
    shape;
  const grow = edgePx * 2;
  // Where the body is no wider than the wick, the wick is all there is.
  if (bodyWidth > wickWidth) {
    context.fillRect(bodyLeft - edgePx, bodyTop - edgePx, bodyWidth + grow, bodyHeight + grow);
  }
  context.fillRect(wickLeft - edgePx, wickTop - edgePx, wickWidth + grow, wickHeight + grow);
}
