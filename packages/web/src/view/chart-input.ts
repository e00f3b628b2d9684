import type { ZoomableChart } from './input/chart-gestures.ts';
import { type KeyTarget, pressKey } from './input/chart-keys.ts';
import { listenToPointer, type PointerTarget } from './input/listen-to-pointer.ts';
import { listenToWheel } from './input/listen-to-wheel.ts';

export interface ChartInput extends PointerTarget, KeyTarget {}

/**
 * Listens to pointer, wheel and keyboard on the chart.
 * @param chart told of zooming and panning; null for one that stands still
 */
export function listenToChart(
  stage: HTMLElement,
  input: ChartInput,
  chart: ZoomableChart | null,
): void {
  listenToPointer(stage, input, chart);
  if (chart) listenToWheel(stage, chart);
  stage.addEventListener('blur', () => {
    delete stage.dataset.keyed;
    input.left();
  });
  stage.addEventListener('keydown', (event) => {
    if (!pressKey(event, input, chart)) return;
    // Whoever uses the keys knows them: the help that stands over the chart goes.
    stage.dataset.keyed = '';
    event.preventDefault();
  });
}
