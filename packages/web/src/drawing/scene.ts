/** What is to be seen in one drawing, in device pixels; made anew for each, changed by none. */
import type { PointColumns } from '../model/point-ring.ts';
import type { PriceColumns } from '../model/price-history.ts';
import type { PriceScale } from '../model/price-scale.ts';
import type { TimeScale } from '../model/time-scale.ts';
import type { Palette } from './palette.ts';

export type PanelName = 'confirmed' | 'mempool';

export interface Panel {
  readonly name: PanelName;
  readonly timeScale: TimeScale;
  readonly points: PointColumns;
  readonly history: PriceColumns;
  /**
   * `joined`: the price moved from sample to sample. `held`: each sample holds until the next
   * one, and the last until now (there is no estimate of blocks between blocks).
   */
  readonly line: 'joined' | 'held';
  readonly colour: string;
}

export interface CurrentPrice {
  readonly priceUsd: number;
  readonly lowUsd: number;
  readonly highUsd: number;
  /** False: it is the last one known, and is drawn so. */
  readonly live: boolean;
}

/** The point under the pointer or the keyboard. */
export interface Mark {
  readonly panel: PanelName;
  readonly index: number;
}

export interface Scene {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Height of the plot, above the time axis. */
  readonly plotHeightPx: number;
  /** Left edge of the price axis. */
  readonly axisLeftPx: number;
  /** Device pixels in one CSS pixel. */
  readonly unitPx: number;
  readonly fontPx: number;
  /** Width of a thin line, whole: it grows with the font, so that a large screen has its lines. */
  readonly linePx: number;
  readonly fontFamily: string;
  /** Null before any price: there is no axis to draw on. */
  readonly priceScale: PriceScale | null;
  readonly panels: readonly [confirmed: Panel, mempool: Panel];
  readonly current: CurrentPrice | null;
  readonly mark: Mark | null;
  readonly palette: Palette;
  readonly axisPrice: (priceUsd: number) => string;
  readonly axisTime: (timeSec: number) => string;
}
