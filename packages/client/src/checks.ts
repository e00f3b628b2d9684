/**
 * Reads values of messages whose sender is not to be trusted. Each throws a TypeError for what the
 * value is not; whoever reads a message catches it there, and the message counts as malformed.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : wrong(value);
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : wrong(value);
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : wrong(value);
}

/** A finite number, 0 or more. */
export function asCount(value: unknown): number {
  return Number.isFinite(value) && (value as number) >= 0 ? (value as number) : wrong(value);
}

/** Positions have to be exact. */
export function asSeq(value: unknown): number {
  return Number.isSafeInteger(value) ? asCount(value) : wrong(value);
}

/** A finite number above 0. */
export function asPrice(value: unknown): number {
  return asCount(value) || wrong(value);
}

/** @param value unix seconds, of a time that a Date can be @returns whole ms */
export function asUnixMs(value: unknown): number {
  return asCount(new Date(asPrice(value) * 1000).getTime());
}

/** @param value ISO 8601 @returns ms since 1970 */
export function asIsoMs(value: unknown): number {
  return asCount(Date.parse(asText(value)));
}

/** null for what is not there. */
export function maybe<Value>(read: (value: unknown) => Value, value: unknown): Value | null {
  return value === undefined || value === null ? null : read(value);
}

/** @throws TypeError when it does not hold */
export function ensure(holds: boolean): void {
  if (!holds) wrong(holds);
}

function wrong(value: unknown): never {
  throw new TypeError(typeof value);
}
