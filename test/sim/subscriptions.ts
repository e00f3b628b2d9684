import { TURN_SLACK_MS } from '../../packages/server/src/hub/limits.ts';
import type { Told } from './journal.ts';

/**
 * A turn that is off its beat by TURN_SLACK_MS counts as on it: one that is late and one that is
 * early can be nearer to each other by twice that.
 */
const SLACK_MS = 2 * TURN_SLACK_MS;

/** More than a window of the simulation holds. */
const POINTS_KEPT = 100;

/** One channel that a client is subscribed to. */
interface Held {
  /** The newest position that it was written, or came back with; 0: none. */
  seq: number;
  /** Of `transactions`: what it has put together. */
  points: readonly number[];
  /** False until something was written to this subscription. */
  begun: boolean;
  /** The channel's newest position when the client subscribed: what it was to be sent first. */
  readonly offeredSeq: number;
  intervalMs: number;
  /** What has to pass until the next message. */
  shortestMs: number;
  /** The earliest moment at which the last message can have been decided on. */
  decidedMs: number;
}

/** What a client that comes back has of a channel. */
export interface Claim {
  readonly seq: number;
  readonly points: readonly number[];
}

/** Of a client that has nothing, or nothing of this epoch. */
export const NO_CLAIM: Claim = { seq: 0, points: [] };

export interface Terms {
  readonly claim: Claim;
  readonly offeredSeq: number;
  /** Between two messages, at the least; 0: none. */
  readonly intervalMs: number;
}

/** When something is written: now, and the earliest moment at which that can have been decided. */
export interface WriteTimes {
  readonly nowMs: number;
  readonly decidedMs: number;
}

/** The channels of one client, and what it is written of them, checked message by message. */
export class Subscriptions {
  readonly #held: Map<string, Held> = new Map();
  /** Positions of the price that it was not sent: so many the server must have dropped. */
  skipped = 0;
  /** False once the server may have dropped others without leaving a gap. */
  countsAll = true;

  channels(): readonly string[] {
    return [...this.#held.keys()];
  }

  has(channel: string): boolean {
    return this.#held.has(channel);
  }

  seqOf(channel: string): number {
    return this.#held.get(channel)?.seq ?? 0;
  }

  pointsOf(channel: string): readonly number[] {
    return this.#held.get(channel)?.points ?? [];
  }

  add(channel: string, { claim, offeredSeq, intervalMs }: Terms): void {
    if (claim.seq > 0) this.countsAll = false;
    const held = { ...claim, begun: false, offeredSeq, decidedMs: 0 };
    this.#held.set(channel, { ...held, intervalMs, shortestMs: intervalMs });
  }

  /** @param mayWait whether something of the channel may be waiting to be written already */
  change(channel: string, intervalMs: number, mayWait: boolean): void {
    const held = this.#held.get(channel);
    if (held === undefined) return;
    held.intervalMs = intervalMs;
    held.shortestMs = mayWait ? Math.min(held.shortestMs, intervalMs) : intervalMs;
  }

  remove(channel: string): void {
    if (this.#held.delete(channel)) this.countsAll = false;
  }

  /** Throws when the message must not be written to this client now. */
  take(told: Told, { nowMs, decidedMs }: WriteTimes): void {
    const { channel, seq, kind } = told;
    const name = `${channel} ${seq} (${kind})`;
    const held = this.#held.get(channel);
    if (held === undefined) throw new Error(`${name} to a client that is not subscribed to it`);
    if (seq <= held.seq) throw new Error(`${name} to a client that has ${held.seq}`);
    if (kind === 'delta' && seq !== held.seq + 1) {
      throw new Error(`${name} to a client that has ${held.seq}: the gap was not healed`);
    }
    const sinceMs = nowMs - held.decidedMs;
    if (held.begun && sinceMs < held.shortestMs - SLACK_MS) {
      throw new Error(`${name} ${sinceMs} ms after the last, not ${held.shortestMs}`);
    }
    // Maps that came within the interval are nobody's loss.
    if (held.intervalMs === 0) this.skipped += seq - nextSeq(held, seq);
    const points = kind === 'delta' ? [...held.points, ...told.points] : told.points;
    held.points = points.slice(-POINTS_KEPT);
    held.seq = seq;
    held.begun = true;
    held.decidedMs = decidedMs;
    held.shortestMs = held.intervalMs;
  }
}

/** The position that would have come next, had none been dropped. */
function nextSeq({ begun, seq, offeredSeq }: Held, firstSeq: number): number {
  if (begun) return seq + 1;
  return seq > 0 || offeredSeq === 0 ? firstSeq : offeredSeq;
}
