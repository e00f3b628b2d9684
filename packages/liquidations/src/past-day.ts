/** What is known of a day that lies before all candles that an engine takes. */
export interface PastDay {
  /** When it began, unix seconds. */
  readonly timeSec: number;
  /** How many candles it has, of the engine's length: at least one. */
  readonly candles: number;
  /** Traded in all of them. */
  readonly volumeUsd: number;
  /** Mean over the day; null where it is not known. */
  readonly openInterestUsd: number | null;
}
