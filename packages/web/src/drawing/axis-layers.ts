import { drawPriceAxis, drawTimeAxis, drawTimeZone } from './axes.ts';
import type { Layer } from './layer.ts';

/** Prices at the right, for both panels. */
export const priceAxisLayer: Layer = {
  draw: (context, scene) => drawPriceAxis(context, scene, scene.current?.priceUsd ?? null),
};

/** UTC times below each panel. */
export const timeAxisLayer: Layer = {
  draw(context, scene) {
    for (const { timeScale } of scene.panels) drawTimeAxis(context, scene, timeScale);
    drawTimeZone(context, scene);
  },
};
