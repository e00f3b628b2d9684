import type { Panel, Scene } from './scene.ts';

/** How many prices the axis has room for: one in three lines of text. */
export function priceTickCount(scene: Scene): number {
  return Math.max(2, Math.floor(scene.plotHeightPx / (scene.fontPx * 3)));
}

/** How many times a panel has room for: `00:00` and as much again beside it. */
export function timeTickCount(scene: Scene, panel: Panel): number {
  return Math.max(2, Math.floor(panel.timeScale.widthPx / (scene.fontPx * 6)));
}
