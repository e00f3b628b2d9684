import type { ChartArea, ChartGestures } from './chart-gestures.ts';

/** A mouse, a pen or one finger; CSS pixels. */
export interface Pointer {
  readonly id: number;
  readonly isTouch: boolean;
  readonly x: number;
  readonly y: number;
}

type DragTarget = Pick<ChartGestures, 'zoomed' | 'panned' | 'priceZoomed' | 'pricePanned'>;

/** Less is a click of an unsteady hand, which is less steady on glass. */
const DRAG_MIN_PX = { mouse: 4, touch: 10 } as const;
/** A drag along the price axis by this much shows twice as much, or half. */
const PRICE_DOUBLING_PX = 160;
/** Fingers cannot be nearer to each other, but two touches can be reported so. */
const PINCH_MIN_PX = 16;

/**
 * Makes drags and pinches of the pointers that are down. One moves the picture, or on the price
 * axis stretches it; two fingers stretch time about the middle between them, and move it along.
 */
export class PointerGesture {
  readonly #to: DragTarget;
  /** Where they were when the picture last followed them; no more than two. */
  readonly #held: Pointer[] = [];
  #area: ChartArea = 'times';
  #startY = 0;
  #isDragging = false;

  constructor(to: DragTarget) {
    this.#to = to;
  }

  /** What is down has moved the picture: it is no click any more. */
  get isDragging(): boolean {
    return this.#isDragging;
  }

  pressed(pointer: Pointer, area: ChartArea): void {
    if (this.#held.length === 2) return;
    if (this.#held.length === 0) {
      // A finger that goes up or down scrolls the page, also over the price axis.
      this.#area = pointer.isTouch ? 'times' : area;
      this.#startY = pointer.y;
    }
    this.#held.push(pointer);
    this.#isDragging = this.#held.length === 2;
  }

  moved(pointer: Pointer): void {
    const index = this.#held.findIndex(({ id }) => id === pointer.id);
    const before = this.#held[index];
    if (!before || !(this.#isDragging || isFar(before, pointer))) return;
    this.#isDragging = true;
    this.#held[index] = pointer;
    const other = this.#held[1 - index];
    if (other) this.#pinch(before, pointer, other);
    else this.#drag(before, pointer);
  }

  /** It was lifted, or taken away. The other finger, if there is one, goes on. */
  released(id: number): void {
    const index = this.#held.findIndex((each) => each.id === id);
    if (index === -1) return;
    this.#held.splice(index, 1);
    if (this.#held.length === 0) this.#isDragging = false;
  }

  #drag(before: Pointer, { x, y, isTouch }: Pointer): void {
    if (this.#area === 'prices') {
      this.#to.priceZoomed(2 ** ((y - before.y) / PRICE_DOUBLING_PX), this.#startY);
      return;
    }
    if (x !== before.x) this.#to.panned(x - before.x, x);
    if (y !== before.y && !isTouch) this.#to.pricePanned(y - before.y);
  }

  #pinch(before: Pointer, now: Pointer, other: Pointer): void {
    if (now.x !== before.x) this.#to.panned((now.x - before.x) / 2, (now.x + other.x) / 2);
    const factor = apartPx(before, other) / apartPx(now, other);
    if (factor !== 1) this.#to.zoomed(factor, (now.x + other.x) / 2);
  }
}

function isFar(from: Pointer, to: Pointer): boolean {
  const leastPx = to.isTouch ? DRAG_MIN_PX.touch : DRAG_MIN_PX.mouse;
  return Math.hypot(to.x - from.x, to.y - from.y) >= leastPx;
}

function apartPx(one: Pointer, other: Pointer): number {
  return Math.max(PINCH_MIN_PX, Math.hypot(one.x - other.x, one.y - other.y));
}
