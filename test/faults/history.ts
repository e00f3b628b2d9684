/** What was published, and what each client was given of it. Both in the order of time. */

/** One publication: what a channel of the price, or a symbol, said at one position. */
export interface Published {
  readonly channel: string;
  readonly epoch: string;
  readonly seq: number;
  /** Of the value; of `transactions` of the whole window at this position. */
  readonly digest: string;
  /** Milliseconds of the clock of the run. */
  readonly atMs: number;
}

/** One update, as a subscription of the SDK was handed it. */
export interface Given {
  /** Which subscription of which client. */
  readonly to: string;
  readonly channel: string;
  readonly epoch: string | null;
  readonly seq: number;
  readonly missed: number | null;
  readonly via: 'websocket' | 'polling';
  readonly digest: string;
  /** Of `transactions` only. */
  readonly window: GivenWindow | null;
  readonly atMs: number;
}

/** How an update of `transactions` says that its window came about. */
export interface GivenWindow {
  readonly whole: boolean;
  /** Of what it calls added. */
  readonly added: string;
  /** Of the window before with what was added behind it, as far as a window holds. */
  readonly joined: string;
}

/** A subscription that must have the newest of a channel in the end. */
export interface Wanted {
  readonly to: string;
  readonly channel: string;
  /** What is given later does not count. */
  readonly untilMs: number;
}

export interface History {
  readonly published: readonly Published[];
  readonly given: readonly Given[];
  readonly wanted: readonly Wanted[];
}
