import { encodeWarning, HEATMAP_PATH, MARKET_STALE_AFTER_MS } from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import type { Dialogue, Endpoint, Recipient } from './endpoint.ts';
import type { HeatmapChannels } from './heatmap-channels.ts';
import { HeatmapDialogue } from './heatmap-dialogue.ts';
import { HeatmapRhythm } from './heatmap-rhythm.ts';
import { HEATMAP_TURN_MS, LATE_TURN_MS } from './limits.ts';

/** When a source of the maps last said something. */
export interface LastHeard {
  readonly name: string;
  /** Unix seconds. */
  readonly timeSec: number;
}

export interface HeatmapEndpointOptions {
  readonly clock: Clock;
  readonly channels: HeatmapChannels;
  /** Between two maps of a symbol, for clients that name no interval. */
  readonly intervalSec: number;
  /** The hello message of this moment. */
  readonly hello: () => string;
  /** Each live source of the maps; none when they come from files. */
  readonly lastHeard: () => readonly LastHeard[];
}

/**
 * /ws/heatmap: each client gets the maps of the symbols that it subscribed to, in its own rhythm,
 * and hears of sources that have gone silent.
 */
export class HeatmapEndpoint implements Endpoint {
  readonly path: string = HEATMAP_PATH;
  readonly states: HeatmapChannels;
  readonly hello: () => string;
  readonly #options: HeatmapEndpointOptions;
  readonly #rhythm: HeatmapRhythm;
  readonly #dialogues: Set<HeatmapDialogue> = new Set();
  #stale: readonly LastHeard[] = [];
  #cancel: () => void = () => {};

  constructor(options: HeatmapEndpointOptions) {
    this.#options = options;
    this.states = options.channels;
    this.hello = options.hello;
    this.#rhythm = new HeatmapRhythm(options.channels);
  }

  start(): void {
    const { clock } = this.#options;
    const startedMs = clock.monotonicMs();
    this.#cancel = every(clock, HEATMAP_TURN_MS, () => {
      const nowMs = clock.monotonicMs();
      const lateMs = (nowMs - startedMs) % HEATMAP_TURN_MS;
      this.#rhythm.turn(lateMs <= LATE_TURN_MS ? nowMs - lateMs : nowMs);
      this.#watchSources();
    });
  }

  stop(): void {
    this.#cancel();
  }

  open(recipient: Recipient): Dialogue {
    const { clock, channels, intervalSec } = this.#options;
    const dialogue = new HeatmapDialogue(recipient, {
      clock,
      channels,
      intervalSec,
      rhythm: this.#rhythm,
      onBegin: () => this.#warn([dialogue], this.#stale),
      onEnd: () => this.#dialogues.delete(dialogue),
    });
    this.#dialogues.add(dialogue);
    return dialogue;
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#dialogues.size;
  }

  /** How many clients are subscribed to each symbol; symbols without any are left out. */
  subscribers(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const dialogue of this.#dialogues) {
      for (const symbol of dialogue.symbols()) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    return counts;
  }

  /** Warns everybody once when a source goes stale. */
  #watchSources(): void {
    const { clock, lastHeard } = this.#options;
    const before = new Set(this.#stale.map(({ name }) => name));
    const oldestSec = clock.nowSec() - MARKET_STALE_AFTER_MS / 1000;
    this.#stale = lastHeard().filter(({ timeSec }) => timeSec < oldestSec);
    const fresh = this.#stale.filter(({ name }) => !before.has(name));
    if (fresh.length > 0) this.#warn(this.#dialogues, fresh);
  }

  #warn(dialogues: Iterable<HeatmapDialogue>, stale: readonly LastHeard[]): void {
    const texts = stale.map(({ name, timeSec }) =>
      encodeWarning({
        code: 'SOURCE_STALE',
        message: `nothing came from ${name} for over ${MARKET_STALE_AFTER_MS / 1000} s; the maps shown are the last ones`,
        source: name,
        since: Math.round(timeSec * 1000) / 1000,
      }),
    );
    for (const { recipient } of dialogues) for (const text of texts) recipient.control(text);
  }
}
