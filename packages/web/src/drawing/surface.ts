/** A canvas that always has one pixel of its own for each pixel of the screen. */
export class Surface {
  readonly context: CanvasRenderingContext2D;
  readonly #canvas: HTMLCanvasElement;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser gives no 2d canvas');
    this.#canvas = canvas;
    this.context = context;
  }

  /** Setting the size clears a canvas, so it is only set when it is another. */
  resize(widthPx: number, heightPx: number): void {
    if (this.#canvas.width !== widthPx) this.#canvas.width = widthPx;
    if (this.#canvas.height !== heightPx) this.#canvas.height = heightPx;
  }

  clear(): void {
    this.context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }
}

export interface DeviceSize {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Device pixels in one CSS pixel. */
  readonly unitPx: number;
}

/** Tells the size of an element in device pixels, now and whenever it or the zoom changes. */
export function watchDeviceSize(element: Element, onSize: (size: DeviceSize) => void): void {
  const observer = new ResizeObserver((entries) => {
    const entry = entries.at(-1);
    if (!entry) return;
    onSize(deviceSize(entry, devicePixelRatio));
  });
  try {
    observer.observe(element, { box: 'device-pixel-content-box' });
  } catch {
    // Safari does not know this box; it reports CSS pixels, which are rounded above.
    observer.observe(element);
  }
}

/** The exact size where the browser tells it, since rounding CSS pixels can be off by one. */
function deviceSize(entry: ResizeObserverEntry, unitPx: number): DeviceSize {
  const { width, height } = entry.contentRect;
  const exact = entry.devicePixelContentBoxSize?.[0];
  // With an emulated screen Chromium reports CSS pixels here, far from the truth.
  const credible = exact !== undefined && Math.abs(exact.inlineSize - width * unitPx) < 2;
  return {
    widthPx: credible ? exact.inlineSize : Math.round(width * unitPx),
    heightPx: credible ? exact.blockSize : Math.round(height * unitPx),
    unitPx,
  };
}
