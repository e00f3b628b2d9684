/** A moment at which time stands, in the tests and on the page, so that pictures come out alike. */
import type { Page } from 'playwright-core';
import { vi } from 'vitest';

/** A Monday; the hour is new, and so are a candle of any length and half a day. */
export const MOMENT_MS: number = Date.UTC(2026, 0, 5, 12, 0, 5);

/** For the samples, which are of now. Timers go on. */
export function standStill(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: MOMENT_MS });
}

export function goOn(): void {
  vi.useRealTimers();
}

/**
 * The same on a page that is not opened yet, and chance is always a half: a countdown begins at
 * the same second, and stays there. `later(page, ms)` moves it.
 */
export async function standStillOn(page: Page): Promise<void> {
  await page.addInitScript((momentMs) => {
    let passedMs = 0;
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...parts: readonly unknown[]) {
        // Whatever is said of a moment is that moment; without a word it is now.
        super(...((parts.length === 0 ? [momentMs + passedMs] : parts) as [number]));
      }

      static override now(): number {
        return momentMs + passedMs;
      }
    } as DateConstructor;
    performance.now = () => 1_000 + passedMs;
    Math.random = () => 0.5;
    // A text cursor that blinks would be there in every second picture.
    const noCursor = new CSSStyleSheet();
    noCursor.replaceSync('* { caret-color: transparent !important; }');
    document.adoptedStyleSheets = [noCursor];
    addEventListener('time-passed', (event) => {
      passedMs += (event as CustomEvent<number>).detail;
    });
  }, MOMENT_MS);
}

/**
 * Keeps a page that is not opened yet out of sight, so that it draws nothing until `show`: its price
 * axis stands where the first drawing put it, which is to be one of all data.
 */
export async function hide(page: Page): Promise<void> {
  await page.addInitScript(() => {
    let state: DocumentVisibilityState = 'hidden';
    Object.defineProperty(document, 'visibilityState', { get: () => state });
    addEventListener('shown', () => {
      state = 'visible';
      document.dispatchEvent(new Event('visibilitychange'));
    });
  });
}

export async function show(page: Page): Promise<void> {
  await page.evaluate(() => void dispatchEvent(new Event('shown')));
}

/** Time passes at once. */
export async function later(page: Page, byMs: number): Promise<void> {
  await page.evaluate(
    (detail) => void dispatchEvent(new CustomEvent('time-passed', { detail })),
    byMs,
  );
}
