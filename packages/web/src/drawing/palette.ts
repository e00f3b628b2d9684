/** The colours of the drawing, read from the style sheet so that they are written down once. */
export interface Palette {
  readonly confirmed: string;
  readonly mempool: string;
  readonly price: string;
  readonly grid: string;
  readonly label: string;
  readonly panel: string;
  readonly idle: string;
  readonly tagText: string;
  /** Shades of the map, from the first that differs from the panel to the brightest. */
  readonly long: readonly [deep: string, main: string, peak: string];
  readonly short: readonly [deep: string, main: string, peak: string];
  readonly candleUp: string;
  readonly candleDown: string;
}

export function readPalette(style: CSSStyleDeclaration): Palette {
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    confirmed: colour('confirmed'),
    mempool: colour('mempool'),
    price: colour('price'),
    grid: colour('grid'),
    label: colour('muted'),
    panel: colour('panel'),
    idle: colour('idle'),
    tagText: colour('ground'),
    long: [colour('long-deep'), colour('long'), colour('long-peak')],
    short: [colour('short-deep'), colour('short'), colour('short-peak')],
    candleUp: colour('candle-up'),
    candleDown: colour('candle-down'),
  };
}
