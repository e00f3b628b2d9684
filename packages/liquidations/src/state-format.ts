/** Whether saved state fits: the form it is written in and what it was made with. */
import { type EngineOptions, engineSettings } from './engine-settings.ts';

/** Raised with every change of what is written. */
export const STATE_FORMAT = 0x54_47_4c_01;

/**
 * A number that differs, but for one chance in four thousand million, when anything that results
 * depend on differs. The width of buckets is no such thing: it is read from the state.
 */
export function settingsFingerprint(
  options: EngineOptions & { readonly openInterestPeriodSec: number },
): number {
  const { intervalSec, maintenanceRate, parameters } = engineSettings(options);
  const { openInterestPeriodSec } = options;
  const text = JSON.stringify([intervalSec, maintenanceRate, parameters, openInterestPeriodSec]);
  let hash = 0x811c9dc5;
  // FNV-1a.
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
