import type { Panel, Scene } from './scene.ts';

/** Keeps what follows inside the panel, until the context is restored. */
export function clipToPanel(context: CanvasRenderingContext2D, scene: Scene, panel: Panel): void {
  const { leftPx, widthPx } = panel.timeScale;
  context.beginPath();
  context.rect(leftPx, 0, widthPx, scene.plotHeightPx);
  context.clip();
}
