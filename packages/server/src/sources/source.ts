/** One message of a Bitcoin node, or of the demo that stands in for it. */
export interface Frame {
  readonly topic: 'rawtx' | 'rawblock';
  /** The serialized transaction or block. */
  readonly body: Uint8Array;
  /** The publisher's counter for this topic, modulo 2^32. */
  readonly counter: number;
  /** When it arrived, unix seconds (fractions allowed). */
  readonly timeSec: number;
}

/**
 * - `connecting`: never been up yet.
 * - `connected`: up, and messages arrive.
 * - `lost`: was up or could not be reached; trying again.
 */
export type SourceState = 'connecting' | 'connected' | 'lost';

export interface SourceStatus {
  readonly name: string;
  readonly state: SourceState;
  /** Since when the state holds, unix seconds. */
  readonly sinceSec: number;
  readonly lastFrameSec: number | null;
  readonly frames: number;
  /** Messages that the publisher sent and that never came, by its counters. */
  readonly missed: number;
  /** Messages that came faster than they could be read, and were dropped here, oldest first. */
  readonly dropped: number;
  /** Messages that were no valid frame. */
  readonly malformed: number;
  /**
   * What is wrong and what to do about it, for a person; null when nothing is. Also while
   * `connected`, where the price does not depend on what is missing.
   */
  readonly detail: string | null;
}

export interface SourceEvents {
  onFrame(frame: Frame): void;
  /** Called on each change of state, never for a mere count. */
  onStatus(status: SourceStatus): void;
  /**
   * For sources that can wait (the demo's history, files): null when more frames are welcome, else
   * a promise that resolves once they are. A node cannot be told to wait and never asks. Absent:
   * always welcome.
   */
  whenRoom?(): Promise<void> | null;
}

/**
 * Where transactions come from. Frames of a topic arrive in the order of their counters; a loss
 * is counted, never hidden. A source reconnects by itself until stopped; neither `start` nor
 * anything after it throws for a peer that is away.
 */
export interface Source {
  readonly name: string;
  /** True when the data is made up; it then is marked so everywhere. */
  readonly demo: boolean;
  start(events: SourceEvents): Promise<void>;
  /** After it resolves no event follows and nothing is left open. */
  stop(): Promise<void>;
  status(): SourceStatus;
}
