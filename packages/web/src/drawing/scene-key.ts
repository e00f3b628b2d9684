import type { Panel, Scene } from './scene.ts';

/** Two scenes with the same key look the same, so the second need not be drawn. */
export function sceneKey(scene: Scene): string {
  const { priceScale, current } = scene;
  return [
    scene.widthPx,
    scene.heightPx,
    scene.unitPx,
    scene.fontPx,
    priceScale?.range.lowUsd,
    priceScale?.range.highUsd,
    current?.priceUsd,
    current?.lowUsd,
    current?.highUsd,
    current?.live,
    ...scene.panels.map(panelKey),
  ].join(' ');
}

function panelKey({ timeScale, points, history }: Panel): string {
  return `${timeScale.fromSec} ${timeScale.toSec} ${points.version} ${history.version}`;
}
