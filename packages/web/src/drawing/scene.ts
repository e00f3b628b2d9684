/** What is to be seen in one drawing, in device pixels; made anew for each, changed by none. */
import type { PointColumns } from '../model/point-ring.ts';
import type { PriceColumns } from '../model/price-history.ts';
import type { TimeScale } from '../model/time-scale.ts';
import type { Plot } from './plot.ts';

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

export interface PointMark {
  readonly kind: 'point';
  readonly panel: PanelName;
  readonly index: number;
}

/** What is under the pointer or the keyboard. */
export type Mark =
  | PointMark
  /** The sample of the panel's history that the line shows at the moment. */
  | {
      readonly kind: 'line';
      readonly panel: PanelName;
      readonly index: number;
      readonly timeSec: number;
    };

export interface Scene extends Plot {
  readonly panels: readonly [confirmed: Panel, mempool: Panel];
  readonly current: CurrentPrice | null;
  readonly mark: Mark | null;
}
