/** The part of `GET /health` that the stats row shows. */
export interface Health {
  readonly activeTxs: number | null;
  readonly receivedTxs: number | null;
  readonly filteredTxs: number | null;
  readonly uptimeSec: number | null;
  /** What the price is read from. */
  readonly sources: readonly SourceLine[];
  /** Where candles and open interest come from. */
  readonly venues: readonly SourceLine[];
  readonly lastBlock: LastBlock | null;
  /** Of the server. */
  readonly version: string | null;
}

export interface LastBlock {
  /** Null where only the time is known. */
  readonly height: number | null;
  readonly timeSec: number;
}

export interface SourceLine {
  readonly name: string;
  readonly state: string;
  readonly sinceSec: number | null;
  /** What is wrong and what to do about it; null when nothing is. */
  readonly detail: string | null;
}
