import { encodeWarning, HEATMAP_PATH, isoTime } from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import { Bundles } from './bundle.ts';
import type { Broadcaster, Dialogue, Endpoint, Recipient } from './endpoint.ts';
import type { HeatmapStates } from './heatmap-channels.ts';
import { HeatmapDialogue } from './heatmap-dialogue.ts';
import { HeatmapRhythm } from './heatmap-rhythm.ts';
import { HEATMAP_TURN_MS, TURN_SLACK_MS } from './limits.ts';

/** A source of the maps that has been silent for too long. */
export interface StaleSource {
  readonly name: string;
  /** When it last said something, unix seconds. */
  readonly sinceSec: number;
}

export interface HeatmapEndpointOptions {
  readonly clock: Clock;
  readonly states: HeatmapStates;
  readonly broadcaster: Broadcaster;
  /** Between two maps of a symbol, for clients that name no interval. */
  readonly intervalSec: number;
  /** The hello message of this moment. */
  readonly hello: () => string;
  /** The sources that are stale at a time, unix seconds; asked each turn. */
  readonly staleSources: (nowSec: number) => readonly StaleSource[];
}

/**
 * /ws/heatmap: each client gets the maps of the symbols that it subscribed to, in its own rhythm,
 * and hears of sources that have gone silent.
 */
export class HeatmapEndpoint implements Endpoint {
  readonly path: string = HEATMAP_PATH;
  readonly states: HeatmapStates;
  readonly bundles: Bundles = new Bundles();
  readonly hello: () => string;
  readonly #options: HeatmapEndpointOptions;
  readonly #rhythm: HeatmapRhythm;
  readonly #dialogues: Set<HeatmapDialogue> = new Set();
  readonly #subscribers: Map<string, number> = new Map();
  #stale: readonly StaleSource[] = [];
  #cancel: () => void = () => {};

  constructor(options: HeatmapEndpointOptions) {
    this.#options = options;
    this.states = options.states;
    this.hello = options.hello;
    this.#rhythm = new HeatmapRhythm(options.states, this.bundles, options.broadcaster);
  }

  start(): void {
    const { clock } = this.#options;
    const startedMs = clock.monotonicMs();
    this.#cancel = every(clock, HEATMAP_TURN_MS, () => {
      this.#rhythm.turn(onBeat(clock.monotonicMs(), startedMs));
      this.#watchSources();
    });
  }

  stop(): void {
    this.#cancel();
  }

  open(recipient: Recipient): Dialogue {
    const { clock, states, intervalSec } = this.#options;
    const dialogue = new HeatmapDialogue(recipient, {
      clock,
      states,
      intervalSec,
      rhythm: this.#rhythm,
      onBegin: () => this.#warn([dialogue], this.#stale),
      onChange: (symbol, change) => this.#count(symbol, change),
      onEnd: () => this.#dialogues.delete(dialogue),
    });
    this.#dialogues.add(dialogue);
    return dialogue;
  }

  /** Kept as it changes: whoever polls /ws/stats is not to have all clients gone through. */
  subscribers(): ReadonlyMap<string, number> {
    return new Map(this.#subscribers);
  }

  #count(symbol: string, change: 1 | -1): void {
    const count = (this.#subscribers.get(symbol) ?? 0) + change;
    if (count > 0) this.#subscribers.set(symbol, count);
    else this.#subscribers.delete(symbol);
  }

  /** Warns everybody once when a source goes stale. */
  #watchSources(): void {
    const { clock, staleSources } = this.#options;
    const before = new Set(this.#stale.map(({ name }) => name));
    this.#stale = staleSources(clock.nowSec());
    const fresh = this.#stale.filter(({ name }) => !before.has(name));
    if (fresh.length > 0) this.#warn(this.#dialogues, fresh);
  }

  #warn(dialogues: Iterable<HeatmapDialogue>, stale: readonly StaleSource[]): void {
    const texts = stale.map(({ name, sinceSec }) => {
      const words = `nothing has come from ${name} since ${isoTime(sinceSec)}`;
      const message = `${words}; the maps shown are the last ones`;
      const since = Math.round(sinceSec * 1000) / 1000;
      return encodeWarning({ code: 'SOURCE_STALE', message, source: name, since });
    });
    for (const { recipient } of dialogues) for (const text of texts) recipient.control(text);
  }
}

/** The beat of the turns that a time belongs to, or the time itself when it is off the beat. */
function onBeat(nowMs: number, startedMs: number): number {
  const turns = Math.round((nowMs - startedMs) / HEATMAP_TURN_MS);
  const beatMs = startedMs + turns * HEATMAP_TURN_MS;
  return Math.abs(nowMs - beatMs) <= TURN_SLACK_MS ? beatMs : nowMs;
}
