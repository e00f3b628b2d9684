import { setData } from '../dom.ts';
import type { ZoomableChart } from './chart-gestures.ts';
import { type Pointer, PointerGesture } from './pointer-gesture.ts';

export interface PointerTarget {
  /** CSS pixels from the upper left corner; null when nothing points there any more. */
  pointed(at: { readonly x: number; readonly y: number } | null): void;
  left(): void;
}

const MAIN_BUTTON = 0;

/** Pointing, dragging, pinching and double clicks, with mouse, pen and fingers. */
export function listenToPointer(
  stage: HTMLElement,
  target: PointerTarget,
  chart: ZoomableChart,
): void {
  const pointing = new Pointing(stage, target, chart);
  stage.addEventListener('pointerdown', (event) => pointing.pressed(event));
  stage.addEventListener('pointermove', (event) => pointing.moved(event));
  stage.addEventListener('pointerup', (event) => pointing.lifted(event));
  // The browser took it over, to scroll the page; or it was lost in some other way.
  stage.addEventListener('pointercancel', (event) => pointing.released(event.pointerId));
  stage.addEventListener('lostpointercapture', (event) => pointing.released(event.pointerId));
  stage.addEventListener('pointerleave', (event) => {
    // A finger that was lifted leaves too, and then the person wants to read.
    if (event.pointerType !== 'touch') target.pointed(null);
  });
  stage.addEventListener('dblclick', (event) => pointing.doubleClicked(event));
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !stage.contains(event.target)) target.left();
  });
}

class Pointing {
  readonly #stage: HTMLElement;
  readonly #target: PointerTarget;
  readonly #chart: ZoomableChart;
  readonly #gesture: PointerGesture;

  constructor(stage: HTMLElement, target: PointerTarget, chart: ZoomableChart) {
    this.#stage = stage;
    this.#target = target;
    this.#chart = chart;
    this.#gesture = new PointerGesture(chart);
  }

  pressed(event: PointerEvent): void {
    // What lies over the chart to be pressed is pressed.
    const isControl = event.target instanceof Element && event.target.closest('button, a') !== null;
    if (event.button !== MAIN_BUTTON || isControl) return;
    const pointer = this.#pointerOf(event);
    if (!pointer.isTouch) this.#target.pointed(pointer);
    this.#gesture.pressed(pointer, this.#chart.areaAt(pointer.x, pointer.y));
    // A drag that leaves the window goes on, and its end is heard of.
    this.#stage.setPointerCapture(pointer.id);
    this.#showGrip(pointer);
  }

  moved(event: PointerEvent): void {
    const pointer = this.#pointerOf(event);
    const { isDragging: wasDragging } = this.#gesture;
    // A button that was let go of where nobody could hear it, as over another program's menu.
    if (!pointer.isTouch && event.buttons === 0) this.#gesture.released(pointer.id);
    this.#gesture.moved(pointer);
    const { isDragging } = this.#gesture;
    if (isDragging && !wasDragging) this.#target.pointed(null);
    else if (!isDragging && !pointer.isTouch) this.#target.pointed(pointer);
    this.#showGrip(pointer);
  }

  /** A finger points by a tap; sweeping, it would be about to scroll or to pan. */
  lifted(event: PointerEvent): void {
    const pointer = this.#pointerOf(event);
    const isClick = !this.#gesture.isDragging;
    this.released(pointer.id);
    if (isClick || !pointer.isTouch) this.#target.pointed(pointer);
    this.#showGrip(pointer);
  }

  released(id: number): void {
    this.#gesture.released(id);
    if (!this.#gesture.isDragging) setData(this.#stage, 'dragging', 'false');
  }

  doubleClicked(event: MouseEvent): void {
    const { x, y } = this.#placeOf(event);
    if (this.#chart.areaAt(x, y) === 'prices') this.#chart.priceReset();
    else this.#chart.reset();
  }

  #showGrip({ x, y }: Pointer): void {
    const { isDragging } = this.#gesture;
    setData(this.#stage, 'dragging', String(isDragging));
    if (!isDragging) setData(this.#stage, 'grip', this.#chart.areaAt(x, y));
  }

  #pointerOf(event: PointerEvent): Pointer {
    const { pointerId: id, pointerType } = event;
    return { id, isTouch: pointerType === 'touch', ...this.#placeOf(event) };
  }

  #placeOf({ clientX, clientY }: MouseEvent): { readonly x: number; readonly y: number } {
    const { left, top } = this.#stage.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}
