import { LatencyHistogram } from './latency-histogram.ts';

/** Counts by what they are of. */
export class CountBy<Key> {
  readonly #counts: Map<Key, number> = new Map();

  add(key: Key): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  of(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  /** The most frequent first. */
  entries(): readonly (readonly [Key, number])[] {
    return [...this.#counts].toSorted(([, a], [, b]) => b - a);
  }
}

/** What all clients of a run count together. */
export class LoadTally {
  /** Handshakes that were begun, and those that led to a WebSocket. */
  attempts = 0;
  opened = 0;
  messages = 0;
  /** Of everything behind the handshakes, as it came over the wire. */
  wireBytes = 0;
  /** Of the messages, as they came: without frames, still compressed. */
  payloadBytes = 0;
  /** Messages whose position was looked at: all but compressed ones that nobody inflates. */
  checked = 0;
  /** Positions that were never seen between two that were. */
  lost = 0;
  duplicates = 0;
  wentBack = 0;
  /** Messages that were inflated and parsed, and those that could not be. */
  verified = 0;
  invalid = 0;
  /** Handshakes that failed, by reason. */
  readonly failed: CountBy<string> = new CountBy();
  /** Connections that the server ended, by close code; 1006 without any. */
  readonly closed: CountBy<number> = new CountBy();
  /** What clients asked for and were answered with an error. */
  errors = 0;
  /** Warnings and errors, by code. */
  readonly notices: CountBy<string> = new CountBy();
  /** From the time in a message to its being read; not of first messages, which may be old. */
  readonly latency: LatencyHistogram = new LatencyHistogram();
}
