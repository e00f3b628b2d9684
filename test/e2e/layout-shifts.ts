/** What moves on the page by itself, measured as the browser counts it (the Layout Instability API). */
import type { Page } from 'playwright-core';

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

declare global {
  interface Window {
    layoutShifts: { value: number; moved: string[] }[];
  }
}

/** Counts from the first paint on; for before the page is opened. */
export async function countShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.layoutShifts = [];
    const nameOf = (node: Node | null): string => {
      const box = node instanceof Element ? node : node?.parentElement;
      return box ? `${box.tagName.toLowerCase()}#${box.id}.${box.className.toString()}` : 'gone';
    };
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput) continue;
        const moved = entry.sources.map(({ node }) => nameOf(node));
        window.layoutShifts.push({ value: entry.value, moved });
      }
    });
    observer.observe({ type: 'layout-shift', buffered: true });
  });
}

export interface Shifts {
  /** In all, but for what follows within half a second on a click or a key, as is usual. */
  readonly total: number;
  /** The elements, for whoever has to find them. */
  readonly moved: readonly string[];
}

/** What moved since the last time this was asked. */
export function shiftsSince(page: Page): Promise<Shifts> {
  return page.evaluate(() => {
    const shifts = window.layoutShifts.splice(0);
    return {
      total: shifts.reduce((sum, { value }) => sum + value, 0),
      moved: shifts.map(({ value, moved }) => `${value.toFixed(4)} ${moved.join(' ')}`),
    };
  });
}
