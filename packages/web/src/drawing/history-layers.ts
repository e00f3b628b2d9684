import type { PriceScale } from '../model/price-scale.ts';
import { clipToPanel } from './clip.ts';
import type { Layer } from './layer.ts';
import { withAlpha } from './rgb.ts';
import type { Panel, Scene } from './scene.ts';
import { corners, type Run, runsOf } from './trace-history.ts';

type DrawRun = (
  context: CanvasRenderingContext2D,
  scene: Scene,
  scale: PriceScale,
  panel: Panel,
  run: Run,
) => void;

/** The 90 % interval over time, as a band. */
export const bandLayer: Layer = { draw: (...to) => drawRuns(...to, fillBand) };

/** The price over time. */
export const priceLineLayer: Layer = { draw: (...to) => drawRuns(...to, strokePrice) };

function drawRuns(context: CanvasRenderingContext2D, scene: Scene, drawRun: DrawRun): void {
  const { priceScale } = scene;
  if (!priceScale) return;
  for (const panel of scene.panels) {
    context.save();
    clipToPanel(context, scene, panel);
    const runs = runsOf(panel.history, panel.timeScale);
    for (const run of runs) drawRun(context, scene, priceScale, panel, run);
    context.restore();
  }
}

const fillBand: DrawRun = (context, scene, scale, panel, run) => {
  const upper = corners(panel, scale, run, 'highUsd', scene.linePx);
  const lower = corners(panel, scale, run, 'lowUsd', scene.linePx);
  context.beginPath();
  for (let i = 0; i < upper.length; i += 2) context.lineTo(upper[i]!, upper[i + 1]!);
  for (let i = lower.length - 2; i >= 0; i -= 2) context.lineTo(lower[i]!, lower[i + 1]!);
  context.closePath();
  context.fillStyle = withAlpha(panel.colour, 0.28);
  context.fill();
};

const strokePrice: DrawRun = (context, scene, scale, panel, run) => {
  const line = corners(panel, scale, run, 'priceUsd', scene.linePx);
  context.beginPath();
  for (let i = 0; i < line.length; i += 2) context.lineTo(line[i]!, line[i + 1]!);
  context.strokeStyle = scene.palette.price;
  context.lineWidth = 2 * scene.linePx;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.stroke();
};
