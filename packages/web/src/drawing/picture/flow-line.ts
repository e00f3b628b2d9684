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
  const { emPx } = lettering;
  const rows: Row[] = [];
  let usedPx = Number.POSITIVE_INFINITY;
  /** Begins another row where that much does not fit any more. */
  const makeRoom = (neededPx: number): void => {
    if (usedPx === 0 || usedPx + neededPx <= widthPx) return;
    rows.push([]);
    usedPx = 0;
  };
  const put = (sized: Sized, gapPx: number): void => {
    makeRoom(gapPx + sized.widthPx);
    const xPx = usedPx === 0 ? 0 : usedPx + gapPx;
    rows.at(-1)!.push({ ...sized, xPx: leftPx + xPx });
    usedPx = xPx + sized.widthPx;
  };
  for (const group of line.filter(({ length }) => length > 0)) {
    const sized = group.map((item) => sizeOf(item, lettering));
    const gapsPx = (GROUP_GAP_EM + ITEM_GAP_EM * (group.length - 1)) * emPx;
    makeRoom(sized.reduce((sum, each) => sum + each.widthPx, gapsPx));
    for (const [i, each] of sized.entries()) {
      const gapPx = (i === 0 ? GROUP_GAP_EM : ITEM_GAP_EM) * emPx;
      for (const [n, piece] of piecesOf(each, widthPx, lettering).entries()) {
        put(piece, n === 0 ? gapPx : SPACE_EM * each.sizePx);
      }
    }
  }
  return standing(rows, topPx);
}

type Sized = Pick<Placed, 'item' | 'widthPx' | 'sizePx' | 'font'>;
type Row = (Sized & { readonly xPx: number })[];

/** Rows one below the other, each on one foot. */
function standing(rows: readonly Row[], topPx: number): Flow {
  let heightPx = 0;
  const placed = rows.flatMap((row) => {
    const sizePx = Math.max(...row.map((each) => each.sizePx));
    const baselinePx = topPx + heightPx + sizePx * BASELINE;
    heightPx += sizePx * LINE_HEIGHT;
    return row.map((each) => ({ ...each, baselinePx }));
  });
  return { placed, heightPx };
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
