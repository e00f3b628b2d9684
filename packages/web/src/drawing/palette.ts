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
  };
}
