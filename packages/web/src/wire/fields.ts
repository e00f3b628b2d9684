/** Reads single fields of a parsed JSON value that may be anything at all. */

export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Counts, ages, heights: a number that cannot lie under zero. */
export function asCount(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && number >= 0 ? number : null;
}

/** A price: finite and above zero, since the page works on its logarithm. */
export function asPriceUsd(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && number > 0 ? number : null;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A moment as unix seconds or as ISO 8601 text; null when it is neither. */
export function asTimeSec(value: unknown): number | null {
  if (typeof value !== 'string') return asNumber(value);
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms / 1000;
}
