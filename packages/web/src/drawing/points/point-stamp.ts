import { type DotLook, dotReach } from './dot-look.ts';

/** A small round dot as a square of opacities, 0 to 255, soft by half a pixel at its edge. */
export interface PointStamp {
  /** Width and height; the centre pixel is at `(sizePx - 1) / 2`. */
  readonly sizePx: number;
  readonly opacity: Uint8Array;
}

export function pointStamp(look: DotLook): PointStamp {
  const reach = dotReach(look);
  const sizePx = reach * 2 + 1;
  const opacity = new Uint8Array(sizePx * sizePx);
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const cover = Math.min(1, Math.max(0, look.radiusPx + 0.5 - Math.hypot(x, y)));
      opacity[(y + reach) * sizePx + x + reach] = Math.round(255 * look.peak * cover);
    }
  }
  return { sizePx, opacity };
}
