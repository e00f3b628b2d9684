import type { Clock } from '../clock.ts';

/** Resolves when the work is done, and after the time at the latest; the work goes on then. */
export async function atMost(clock: Clock, waitMs: number, work: Promise<void>): Promise<void> {
  let cancel = (): void => {};
  const waited = new Promise<void>((resolve) => {
    cancel = clock.after(waitMs, resolve);
  });
  try {
    await Promise.race([work, waited]);
  } finally {
    cancel();
  }
}
