/**
 * What is counted inside the page. `watchPage` runs before the page's own script, so it may use
 * nothing from outside itself.
 */
import type { Page } from 'playwright-core';

/** Times in ms on the page's own clock. */
export interface Watched {
  /** When each frame began, as the browser told it. */
  readonly frameMs: readonly number[];
  /** How long the page's own callback took in each frame that drew. */
  readonly drawMs: readonly number[];
  /** Drawings of a chart's lower canvas: each clears it once. */
  readonly drawings: number;
  /** Most of them in one frame. */
  readonly drawingsInFrameMax: number;
  /** Calls that make WebGL draw. */
  readonly glDraws: number;
  /** Tasks over 50 ms. */
  readonly longTaskMs: readonly number[];
}

/** Starts counting anew. */
export async function resetWatch(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { watched } = globalThis as unknown as {
      watched: { [name: string]: number | number[] };
    };
    for (const [name, value] of Object.entries(watched)) {
      watched[name] = typeof value === 'number' ? 0 : [];
    }
  });
}

export function readWatch(page: Page): Promise<Watched> {
  return page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched);
}

/** To be run before the page's script. */
export function watchPage(): void {
  const watched = {
    frameMs: [] as number[],
    drawMs: [] as number[],
    longTaskMs: [] as number[],
    drawings: 0,
    drawingsInFrameMax: 0,
    glDraws: 0,
  };
  Object.assign(globalThis, { watched });
  const request = globalThis.requestAnimationFrame.bind(globalThis);
  let inFrame = 0;

  /** Has something done before each call of a method. */
  const before = (prototype: object, name: string, run: (of: unknown) => void): void => {
    const method = Object.getOwnPropertyDescriptor(prototype, name)!.value as (
      ...values: unknown[]
    ) => unknown;
    Object.defineProperty(prototype, name, {
      value(this: unknown, ...values: unknown[]): unknown {
        run(this);
        return Reflect.apply(method, this, values);
      },
    });
  };
  before(CanvasRenderingContext2D.prototype, 'clearRect', (of) => {
    if (!(of as CanvasRenderingContext2D).canvas.id?.endsWith('-base')) return;
    watched.drawings += 1;
    inFrame += 1;
    watched.drawingsInFrameMax = Math.max(watched.drawingsInFrameMax, inFrame);
  });
  before(WebGL2RenderingContext.prototype, 'drawArrays', () => {
    watched.glDraws += 1;
  });
  globalThis.requestAnimationFrame = (run) =>
    request((timeMs) => {
      const drawnBefore = watched.drawings;
      const startMs = performance.now();
      run(timeMs);
      if (watched.drawings > drawnBefore) watched.drawMs.push(performance.now() - startMs);
    });
  const frame = (timeMs: number): void => {
    watched.frameMs.push(timeMs);
    inFrame = 0;
    request(frame);
  };
  request(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longTaskMs.push(duration);
  }).observe({ type: 'longtask' });
}
