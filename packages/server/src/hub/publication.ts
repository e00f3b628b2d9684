import type { ResumePosition } from '@tidegauge/protocol';

/**
 * What a channel says at one position. A `whole` one replaces everything before it; a `delta` is
 * of use only to those who have the one before.
 */
export interface Publication {
  /** What clients subscribe to: a channel of /ws/mempool, a symbol of /ws/heatmap. */
  readonly channel: string;
  readonly seq: number;
  readonly kind: 'whole' | 'delta';
  /** The message as UTF-8, one Buffer for all clients. */
  readonly bytes: Buffer;
}

/** Where a newcomer, or a client that skipped a delta, gets the state of a channel. */
export interface ChannelStates {
  /** A string that no other run has: sequences of this run belong to it. */
  readonly epoch: string;
  /** A `whole` publication at the channel's newest position; null when nothing was published. */
  current(channel: string): Publication | null;
  /**
   * What a client needs that comes back with a position of this epoch: nothing when it has the
   * newest, the deltas that followed, or the whole state.
   */
  since(channel: string, seq: number): readonly Publication[];
}

/**
 * What a client is sent that begins with a channel. Sequences of another epoch are none of ours.
 * @param held what it has; undefined for nothing
 */
export function beginningOf(
  states: ChannelStates,
  channel: string,
  held: ResumePosition | undefined,
): readonly Publication[] {
  if (held?.epoch === states.epoch) return states.since(channel, held.seq);
  const newest = states.current(channel);
  return newest === null ? [] : [newest];
}

/** What follows a position when no deltas are kept: nothing after the newest, else the state. */
export function stateSince(newest: Publication | null, seq: number): readonly Publication[] {
  return newest === null || newest.seq === seq ? [] : [newest];
}

/** A publication that is encoded when the first client needs it, and then never again. */
export function publication(
  channel: string,
  seq: number,
  kind: 'whole' | 'delta',
  encode: () => string,
): Publication {
  let bytes: Buffer | null = null;
  return {
    channel,
    seq,
    kind,
    get bytes(): Buffer {
      bytes ??= Buffer.from(encode());
      return bytes;
    },
  };
}
