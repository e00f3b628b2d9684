/** Draws a chart with its head and foot, as it is saved. */
import { BADGE_INSET_EM, type Placed } from './flow-line.ts';
import type { PicturePlan } from './lay-out-picture.ts';
import type { PictureColour } from './picture-content.ts';

export interface PictureDrawing {
  readonly plan: PicturePlan;
  readonly fontFamily: string;
  readonly demo: boolean;
  /** @returns the colour with the name */
  readonly colour: (name: PictureColour) => string;
  /** Draws the chart over a canvas that it begins with clearing, its corner at 0, 0. */
  readonly drawChart: (context: CanvasRenderingContext2D) => void;
  /** The shades of the map, stretched over what room they are given; null where there are none. */
  readonly shades: CanvasImageSource | null;
}

const DEMO_OPACITY = 0.16;
const DEMO_TURN = -0.3;
/** Height of the mark's letters, of what the chart has. */
const DEMO_HEIGHT_SHARE = 0.5;
const DEMO_WIDTH_SHARE = 0.26;
/** Of the bar at the top of made-up data, as the page has it. */
const BAR_SHARE = 0.15;

export function drawPicture(context: CanvasRenderingContext2D, drawing: PictureDrawing): void {
  const { plan, colour, demo } = drawing;
  context.save();
  context.translate(plan.chart.leftPx, plan.chart.topPx);
  drawing.drawChart(context);
  if (demo) drawDemoMark(context, drawing);
  context.restore();
  // Below what is there: the chart began with clearing.
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = colour('ground');
  context.fillRect(0, 0, plan.widthPx, plan.heightPx);
  context.globalCompositeOperation = 'source-over';
  if (demo) {
    context.fillStyle = colour('demo');
    context.fillRect(0, 0, plan.widthPx, plan.chart.leftPx * BAR_SHARE * 2);
  }
  for (const each of plan.placed) drawPlaced(context, drawing, each);
}

function drawDemoMark(
  context: CanvasRenderingContext2D,
  { plan: { chart }, fontFamily, colour }: PictureDrawing,
): void {
  const sizePx = Math.min(chart.heightPx * DEMO_HEIGHT_SHARE, chart.widthPx * DEMO_WIDTH_SHARE);
  context.save();
  context.translate(chart.widthPx / 2, chart.heightPx / 2);
  context.rotate(DEMO_TURN);
  context.globalAlpha = DEMO_OPACITY;
  context.fillStyle = colour('demo');
  context.font = `700 ${Math.round(sizePx)}px ${fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText('DEMO', 0, 0);
  context.restore();
}

function drawPlaced(
  context: CanvasRenderingContext2D,
  { colour, shades }: PictureDrawing,
  { item, xPx, baselinePx, widthPx, sizePx, font }: Placed,
): void {
  if (item.kind === 'shades') {
    if (!shades) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(shades, xPx, baselinePx - sizePx * 0.85, widthPx, sizePx);
    return;
  }
  const isBadge = item.look === 'badge';
  context.fillStyle = colour(item.colour);
  if (isBadge) {
    context.beginPath();
    context.roundRect(xPx, baselinePx - sizePx * 1.05, widthPx, sizePx * 1.4, sizePx * 0.4);
    context.fill();
    context.fillStyle = colour('ground');
  }
  context.font = font;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(item.text, isBadge ? xPx + BADGE_INSET_EM * sizePx : xPx, baselinePx);
}
