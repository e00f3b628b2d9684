/** Whether saved state fits: the form it is written in and what it was made with. */
import { type EngineOptions, engineSettings } from './engine-settings.ts';

/** Raised with every change of what is written. */
export const STATE_FORMAT = 0x54_47_4c_02;

const FNV_START = 0x811c9dc5;

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
  let hash = FNV_START;
  for (let i = 0; i < text.length; i += 1) hash = mixed(hash, text.charCodeAt(i));
  return hash >>> 0;
}

/** A number that differs, as likely, when any byte does. */
export function checksum(bytes: Uint8Array): number {
  let hash = FNV_START;
  for (let i = 0; i < bytes.length; i += 1) hash = mixed(hash, bytes[i]!);
  return hash >>> 0;
}

/** A step of FNV-1a. */
function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
