import { DeltaLog } from '../hub/delta-log.ts';
import type { HeatmapStates } from '../hub/heatmap-channels.ts';
import { RESUME_DELTAS_MAX } from '../hub/limits.ts';
import { type ChannelStates, type Publication, stateSince } from '../hub/publication.ts';
import type { CarriedPublication, WantedChannel } from './messages.ts';

export interface ReplicaOptions {
  readonly epoch: string;
  /** Channels that come whether somebody is subscribed or not. */
  readonly always: readonly string[];
  /** Called when other channels are wanted than before; see `wants`. */
  readonly onWants: () => void;
}

/**
 * The states of channels that are published in another process. One that is only sent on demand
 * is asked for when the first client wants it, who gets it as soon as it comes, and let go when
 * the last one has left.
 */
export class Replica implements ChannelStates {
  readonly epoch: string;
  readonly #options: ReplicaOptions;
  readonly #always: ReadonlySet<string>;
  readonly #wanted: Set<string> = new Set();
  readonly #current: Map<string, Publication> = new Map();
  readonly #deltas: Map<string, DeltaLog> = new Map();

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#always = new Set(options.always);
    this.epoch = options.epoch;
  }

  current(channel: string): Publication | null {
    this.#want(channel);
    return this.#current.get(channel) ?? null;
  }

  since(channel: string, seq: number): readonly Publication[] {
    const state = stateSince(this.current(channel), seq);
    return state.length === 0 ? state : (this.#deltas.get(channel)?.since(seq) ?? state);
  }

  /**
   * Takes in what has come.
   * @returns what it means for clients: the delta for those who have what came before, else, when
   *   nobody here does, the whole state
   */
  take(carried: readonly CarriedPublication[]): Publication[] {
    const deltas = new Map<string, Publication>();
    const due: Publication[] = [];
    for (const each of carried) {
      if (!this.#follows(each.channel)) continue;
      const publication = received(each);
      if (each.kind === 'delta') deltas.set(each.channel, publication);
      else due.push(...this.#takeWhole(publication, deltas.get(each.channel)));
    }
    return due;
  }

  /** What is wanted at this moment, beside what always comes. */
  wants(): readonly WantedChannel[] {
    return [...this.#wanted].map((channel) => {
      return { channel, seq: this.#current.get(channel)?.seq ?? 0 };
    });
  }

  /** Lets go of what nobody is subscribed to. */
  release(subscribed: ReadonlyMap<string, number>): void {
    const idle = [...this.#wanted].filter((channel) => !subscribed.has(channel));
    if (idle.length === 0) return;
    for (const channel of idle) {
      this.#wanted.delete(channel);
      this.#current.delete(channel);
      this.#deltas.delete(channel);
    }
    this.#options.onWants();
  }

  #follows(channel: string): boolean {
    return this.#always.has(channel) || this.#wanted.has(channel);
  }

  #want(channel: string): void {
    if (this.#follows(channel)) return;
    this.#wanted.add(channel);
    this.#options.onWants();
  }

  /** A channel that was let go and wanted again may come twice; the second time is no news. */
  #takeWhole(whole: Publication, delta: Publication | undefined): Publication[] {
    const { channel, seq } = whole;
    const before = this.#current.get(channel);
    if (before !== undefined && seq <= before.seq) return [];
    this.#current.set(channel, whole);
    const due = delta !== undefined && before?.seq === delta.seq - 1 ? delta : whole;
    this.#log(due);
    return [due];
  }

  /** Only channels that have deltas have a log of them. */
  #log(publication: Publication): void {
    const { channel } = publication;
    const known = this.#deltas.get(channel);
    if (known === undefined && publication.kind === 'whole') return;
    const log = known ?? new DeltaLog(RESUME_DELTAS_MAX);
    log.add(publication);
    this.#deltas.set(channel, log);
  }
}

/** The maps, of which there is one for each symbol. */
export class HeatmapReplica extends Replica implements HeatmapStates {
  #symbols: readonly string[] = [];

  symbols(): readonly string[] {
    return this.#symbols;
  }

  carry(symbols: readonly string[]): void {
    this.#symbols = symbols;
  }
}

/** A copy of its own: what came shares its memory with everything that came with it. */
function received({ channel, seq, kind, bytes }: CarriedPublication): Publication {
  return { channel, seq, kind, bytes: Buffer.from(bytes) };
}
