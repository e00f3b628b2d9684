import type { ZoomableChart } from './chart-gestures.ts';
import { wheelGesture } from './wheel-gesture.ts';

/** Zooms and pans by the wheel; what is not for the chart goes on to scroll the page. */
export function listenToWheel(stage: HTMLElement, chart: ZoomableChart): void {
  const turned = (event: WheelEvent): void => {
    const gesture = wheelGesture(event, pageScrolls());
    if (!gesture) return;
    event.preventDefault();
    const { left, top } = stage.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    if (gesture.kind === 'pan') chart.panned(gesture.byPx, x);
    else if (chart.areaAt(x, y) === 'prices') chart.priceZoomed(gesture.factor, y);
    else chart.zoomed(gesture.factor, x);
  };
  stage.addEventListener('wheel', turned, { passive: false });
}

/** Whether there is more of the page than fits; of one around this one nothing is known. */
function pageScrolls(): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight || parent !== globalThis.window;
}
