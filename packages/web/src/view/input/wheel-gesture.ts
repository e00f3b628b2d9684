/** What is used of a `WheelEvent`. */
export interface Wheel {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0: pixels, 1: lines, 2: pages. */
  readonly deltaMode: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

export type WheelGesture =
  /** Of what is shown: 0.5 shows half as much. */
  | { readonly kind: 'zoom'; readonly factor: number }
  /** The picture moves to the right. */
  | { readonly kind: 'pan'; readonly byPx: number };

const LINE_PX = 16;
const PAGE_PX = 400;
/** A notch of a mouse is some 100 px: a fifth more or less. */
const WHEEL_PER_PX = 0.002;
/** Two fingers on a trackpad come as a wheel with Ctrl, in steps of some pixels. */
const PINCH_PER_PX = 0.01;
/** The most that one event does, whatever the device says. */
const FACTOR_MAX = 1.3;
const PAN_MAX_PX = 400;

/**
 * What turning the wheel over a chart means; null: it is none of the chart's business.
 * @param pageScrolls the page around it can be scrolled, so nobody may get stuck in the chart
 */
export function wheelGesture(wheel: Wheel, pageScrolls: boolean): WheelGesture | null {
  const { ctrlKey, metaKey, shiftKey } = wheel;
  const unitPx = wheel.deltaMode === 0 ? 1 : wheel.deltaMode === 1 ? LINE_PX : PAGE_PX;
  // With Shift some browsers turn the direction themselves, others leave it to the page.
  const isTurned = shiftKey && wheel.deltaX === 0;
  const deltaX = (isTurned ? wheel.deltaY : wheel.deltaX) * unitPx;
  const deltaY = (isTurned ? 0 : wheel.deltaY) * unitPx;
  if (ctrlKey || metaKey) return zoom(deltaY || deltaX, PINCH_PER_PX);
  if (Math.abs(deltaX) > Math.abs(deltaY)) {
    return { kind: 'pan', byPx: -Math.min(Math.max(deltaX, -PAN_MAX_PX), PAN_MAX_PX) };
  }
  return pageScrolls || deltaY === 0 ? null : zoom(deltaY, WHEEL_PER_PX);
}

function zoom(deltaPx: number, perPx: number): WheelGesture {
  const factor = Math.exp(deltaPx * perPx);
  return { kind: 'zoom', factor: Math.min(Math.max(factor, 1 / FACTOR_MAX), FACTOR_MAX) };
}
