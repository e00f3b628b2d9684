/** What a person does to a chart's window, in CSS pixels from its upper left corner. */
export interface ChartGestures {
  /**
   * @param factor of the time that is shown: 0.5 shows half as much
   * @param atX what stays where it is; null by keyboard: the newest while it is followed, else the
   *   middle
   */
  zoomed(factor: number, atX: number | null): void;
  /**
   * The picture was moved to the right, towards the past; to the left when negative.
   * @param atX where the hand is
   */
  panned(byPx: number, atX: number): void;
  /** By keyboard. @param share of the time that is shown, to later; to earlier when negative */
  stepped(share: number): void;
  /**
   * @param factor of the prices that are shown, on their logarithmic axis
   * @param atY what stays where it is
   */
  priceZoomed(factor: number, atY: number): void;
  /** The picture was moved down, up when negative: for where a person has set the prices. */
  pricePanned(byPx: number): void;
  /** Back to what was chosen, prices included. */
  reset(): void;
  /** Only the prices: back to where they follow the data. */
  priceReset(): void;
}

/** What a drag or the wheel moves there. */
export type ChartArea = 'times' | 'prices';

export interface ZoomableChart extends ChartGestures {
  areaAt(x: number, y: number): ChartArea;
}
