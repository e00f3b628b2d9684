/** What is written on a saved picture of a chart, before anybody knows where. */
import type { PanelSpan } from '../plot.ts';

/** Colours by their names in the style sheet. */
export type PictureColour =
  | 'ground'
  | 'text'
  | 'muted'
  | 'idle'
  | 'price'
  | 'confirmed'
  | 'mempool'
  | 'long'
  | 'short'
  | 'good'
  | 'slow'
  | 'poll'
  | 'wait'
  | 'lost'
  | 'stale'
  | 'demo';

export type TextLook = 'title' | 'price' | 'figure' | 'heading' | 'state' | 'label' | 'badge';

export interface PictureText {
  readonly kind: 'text';
  readonly look: TextLook;
  /** Of the letters; of the box around them where it is a badge. */
  readonly colour: PictureColour;
  readonly text: string;
}

/** The shades of the map, from faint to bright. */
export interface PictureShades {
  readonly kind: 'shades';
}

export type PictureItem = PictureText | PictureShades;

/** What belongs together and is parted only where a line is too short for it. */
export type PictureGroup = readonly PictureItem[];

/** What begins on a line of its own, and goes on below where it does not fit. */
export type PictureLine = readonly PictureGroup[];

/** What stands above a part of the chart, over its width. */
export interface PictureHeading {
  readonly span: PanelSpan;
  readonly line: PictureLine;
}

export interface PictureContent {
  readonly head: readonly PictureLine[];
  readonly headings: readonly PictureHeading[];
  readonly foot: readonly PictureLine[];
  /** Made-up data is marked across the chart. */
  readonly demo: boolean;
}

export function text(look: TextLook, colour: PictureColour, words: string): PictureText {
  return { kind: 'text', look, colour, text: words };
}
