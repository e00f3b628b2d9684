/** Puts a line of a picture in its place: side by side as far as there is room, then below. */
import type { PanelSpan } from '../plot.ts';
import type { PictureItem, PictureLine, PictureText, TextLook } from './picture-content.ts';

/** Size in letters of the page, and weight. */
const LOOKS: Readonly<Record<TextLook, readonly [sizeEm: number, weight: number]>> = {
  title: [1.15, 600],
  price: [2.8, 650],
  figure: [1.15, 600],
  heading: [1, 600],
  state: [0.8, 700],
  label: [0.8, 400],
  badge: [0.9, 700],
};

const SHADES_EM = 9;
const SHADES_HEIGHT_EM = 0.9;
const ITEM_GAP_EM = 0.45;
const GROUP_GAP_EM = 1.6;
/** Between the words of a broken text. */
const SPACE_EM = 0.28;
const LINE_HEIGHT = 1.4;
/** From the top of a line to where its letters stand, of the size of its largest. */
const BASELINE = 1.02;
/** At each side of the letters of a badge. */
export const BADGE_INSET_EM = 0.5;

/** How large letters are, and how wide they run. */
export interface Lettering {
  /** One letter of the page, device pixels. */
  readonly emPx: number;
  readonly fontFamily: string;
  /** @param font as a canvas takes it */
  readonly measure: (words: string, font: string) => number;
}

export interface Placed {
  readonly item: PictureItem;
  readonly xPx: number;
  /** Where letters stand. */
  readonly baselinePx: number;
  readonly widthPx: number;
  /** Of the letters; of the shades their height. */
  readonly sizePx: number;
  /** Empty for what is no text. */
  readonly font: string;
}

export interface Flow {
  readonly placed: readonly Placed[];
  readonly heightPx: number;
}

/** Texts wider than the whole line are broken between words; a word that is too wide sticks out. */
export function flowLine(
  line: PictureLine,
  { leftPx, widthPx }: PanelSpan,
  topPx: number,
  lettering: Lettering,
): Flow {
  const flow = new LineFlow(leftPx, widthPx, topPx);
  const { emPx } = lettering;
  for (const group of line.filter(({ length }) => length > 0)) {
    const sized = group.map((item) => sizeOf(item, lettering));
    const gaps = ITEM_GAP_EM * emPx * (group.length - 1);
    flow.makeRoom(
      sized.reduce((sum, each) => sum + each.widthPx, gaps),
      GROUP_GAP_EM * emPx,
    );
    for (const [i, each] of sized.entries()) {
      const gapPx = (i === 0 ? GROUP_GAP_EM : ITEM_GAP_EM) * emPx;
      for (const [n, piece] of piecesOf(each, widthPx, lettering).entries()) {
        flow.put(piece, n === 0 ? gapPx : SPACE_EM * each.sizePx);
      }
    }
  }
  return flow.end();
}

type Sized = Pick<Placed, 'item' | 'widthPx' | 'sizePx' | 'font'>;

class LineFlow {
  readonly #leftPx: number;
  readonly #widthPx: number;
  readonly #topPx: number;
  readonly #placed: Placed[] = [];
  #row: (Sized & { readonly xPx: number })[] = [];
  #usedPx = 0;
  #heightPx = 0;

  constructor(leftPx: number, widthPx: number, topPx: number) {
    this.#leftPx = leftPx;
    this.#widthPx = widthPx;
    this.#topPx = topPx;
  }

  /** Goes on below where that much does not fit any more. */
  makeRoom(widthPx: number, gapPx: number): void {
    if (this.#row.length > 0 && this.#usedPx + gapPx + widthPx > this.#widthPx) this.#endRow();
  }

  put(sized: Sized, gapPx: number): void {
    this.makeRoom(sized.widthPx, gapPx);
    const xPx = this.#row.length === 0 ? 0 : this.#usedPx + gapPx;
    this.#row.push({ ...sized, xPx: this.#leftPx + xPx });
    this.#usedPx = xPx + sized.widthPx;
  }

  end(): Flow {
    this.#endRow();
    return { placed: this.#placed, heightPx: this.#heightPx };
  }

  #endRow(): void {
    const sizePx = Math.max(0, ...this.#row.map((each) => each.sizePx));
    const baselinePx = this.#topPx + this.#heightPx + sizePx * BASELINE;
    for (const each of this.#row) this.#placed.push({ ...each, baselinePx });
    this.#heightPx += sizePx * LINE_HEIGHT;
    this.#row = [];
    this.#usedPx = 0;
  }
}

function sizeOf(item: PictureItem, { emPx, fontFamily, measure }: Lettering): Sized {
  if (item.kind === 'shades') {
    return { item, widthPx: SHADES_EM * emPx, sizePx: SHADES_HEIGHT_EM * emPx, font: '' };
  }
  const [sizeEm, weight] = LOOKS[item.look];
  const sizePx = Math.round(sizeEm * emPx);
  const font = `${weight} ${sizePx}px ${fontFamily}`;
  const insetPx = item.look === 'badge' ? 2 * BADGE_INSET_EM * sizePx : 0;
  return { item, widthPx: measure(item.text, font) + insetPx, sizePx, font };
}

function piecesOf(sized: Sized, widthPx: number, lettering: Lettering): readonly Sized[] {
  const { item } = sized;
  if (sized.widthPx <= widthPx || item.kind !== 'text') return [sized];
  return item.text
    .split(' ')
    .map((word): PictureText => ({ ...item, text: word }))
    .map((word) => sizeOf(word, lettering));
}
