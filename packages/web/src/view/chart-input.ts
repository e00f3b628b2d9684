import type { ZoomableChart } from './input/chart-gestures.ts';
import { type KeyTarget, pressKey } from './input/chart-keys.ts';
import { listenToPointer, type PointerTarget } from './input/listen-to-pointer.ts';
import { listenToWheel } from './input/listen-to-wheel.ts';

export interface ChartInput extends PointerTarget, KeyTarget {}

/**
 * Listens to pointer, wheel and keyboard on the chart.
 * @param chart told of zooming and panning
 */
export function listenToChart(stage: HTMLElement, input: ChartInput, chart: ZoomableChart): void {
  listenToPointer(stage, input, chart);
  listenToWheel(stage, chart);
  // Whoever uses the chart wants to see it: the help that stands over it goes.
  const used = (): void => {
    stage.dataset.used = '';
  };
  stage.addEventListener('pointerdown', used);
  stage.addEventListener('keydown', (event) => {
    if (!pressKey(event, input, chart)) return;
    used();
    event.preventDefault();
  });
  stage.addEventListener('blur', () => {
    delete stage.dataset.used;
    input.left();
  });
}
