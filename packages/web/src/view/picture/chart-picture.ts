/** A chart as it stands on the screen, in the size of a picture. */
import { MARGIN_EM } from '../../drawing/picture/lay-out-picture.ts';
import type { PictureContent } from '../../drawing/picture/picture-content.ts';
import type { Looks } from '../looks.ts';

/** Smaller ones look coarse where they are shown larger, as most pictures are. */
const UNIT_MIN = 2;
/** Some programs show nothing larger. */
const SIDE_MAX_PX = 4096;
/** What rounding the chart and both margins may add. */
const ROUNDED_PX = 2;

/** The layers of a chart with another scene of the same data. */
export interface DrawnAnew<Seen> {
  readonly scene: Seen;
  readonly looks: Looks;
  readonly draw: (context: CanvasRenderingContext2D) => void;
  /** Those of the map's legend; null where there is none. */
  readonly shades: CanvasImageSource | null;
}

export interface ChartPicture extends Omit<DrawnAnew<unknown>, 'scene'> {
  /** Of the file. */
  readonly name: string;
  readonly content: PictureContent;
}

/** Device pixels of a picture in one CSS pixel of the chart. */
export function pictureUnit({ size, pagePx }: Pick<Looks, 'size' | 'pagePx'>): number {
  const { widthPx, heightPx, unitPx } = size;
  const longestCssPx = (Math.max(widthPx, heightPx) + 2 * MARGIN_EM * pagePx) / unitPx;
  return Math.min(Math.max(UNIT_MIN, unitPx), (SIDE_MAX_PX - ROUNDED_PX) / longestCssPx);
}
