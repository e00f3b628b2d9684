/**
 * Reads values of messages whose sender is not to be trusted. Each gives null for what it is not.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

export function asList(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) ? (value as readonly unknown[]) : null;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function asCount(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && number >= 0 ? number : null;
}

export function asPrice(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && number > 0 ? number : null;
}

/** Positions must be exact. */
export function asSeq(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

/** @param value unix seconds @returns ms */
export function asUnixMs(value: unknown): number | null {
  const sec = asPrice(value);
  return sec === null ? null : sec * 1000;
}

/** @param value ISO 8601 @returns ms since 1970 */
export function asIsoMs(value: unknown): number | null {
  const ms = Date.parse(asText(value) ?? '');
  return Number.isNaN(ms) ? null : ms;
}

/** A whole text as JSON; undefined for none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
