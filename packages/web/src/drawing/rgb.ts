/** Red, green and blue of a `#rrggbb` colour, 0 to 255 each; throws on anything else. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1];
  if (digits === undefined) throw new Error(`colour "${hex}" is not of the form #rrggbb`);
  const value = Number.parseInt(digits, 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** The colour at some opacity, for strokes and fills. */
export function withAlpha(hex: string, alpha: number): string {
  return `rgb(${rgbOf(hex).join(' ')} / ${alpha})`;
}
