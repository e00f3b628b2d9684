import { HeatmapChannels } from '../../packages/server/src/hub/heatmap-channels.ts';
import { MempoolChannels } from '../../packages/server/src/hub/mempool-channels.ts';
import type { Publication } from '../../packages/server/src/hub/publication.ts';

/** What was published at one position. */
export interface Told {
  readonly channel: string;
  readonly seq: number;
  readonly kind: Publication['kind'];
  /** Of `transactions`: what tells its points apart, their prices. */
  readonly points: readonly number[];
}

/** More than two clients can be apart. */
const KEPT_MAX = 6_000;

/** Everything that was published, to be found again by its text. */
export class Journal {
  readonly #byText: Map<string, Told> = new Map();
  readonly #known: WeakSet<Publication> = new WeakSet();
  /** The window of `transactions` after each of its positions. */
  readonly windows: Map<number, readonly number[]> = new Map();

  note(publication: Publication): void {
    if (this.#known.has(publication)) return;
    this.#known.add(publication);
    const { channel, seq, kind } = publication;
    const text = publication.bytes.toString();
    const points = channel === 'transactions' ? pointsOf(text) : [];
    this.#byText.set(text, { channel, seq, kind, points });
    if (channel === 'transactions' && kind === 'whole') this.windows.set(seq, points);
    for (const map of [this.#byText, this.windows]) {
      if (map.size > KEPT_MAX) map.delete(map.keys().next().value as never);
    }
  }

  /** Undefined for a text that was not published. */
  find(text: string): Told | undefined {
    return this.#byText.get(text);
  }
}

/** The channels of the price, each publication in the journal. */
export class NotedMempoolChannels extends MempoolChannels {
  readonly #journal: Journal;

  constructor(options: ConstructorParameters<typeof MempoolChannels>[0], journal: Journal) {
    super(options);
    this.#journal = journal;
  }

  override tick(timeSec: number, uptimeSec: number, stale: boolean): readonly Publication[] {
    const batch = super.tick(timeSec, uptimeSec, stale);
    for (const publication of batch) this.#journal.note(publication);
    const window = this.current('transactions');
    if (window !== null) this.#journal.note(window);
    return batch;
  }
}

/** The channels of the maps, each publication in the journal. */
export class NotedHeatmapChannels extends HeatmapChannels {
  readonly #journal: Journal;

  constructor(options: ConstructorParameters<typeof HeatmapChannels>[0], journal: Journal) {
    super(options);
    this.#journal = journal;
  }

  override current(symbol: string): Publication | null {
    const publication = super.current(symbol);
    if (publication !== null) this.#journal.note(publication);
    return publication;
  }
}

function pointsOf(text: string): readonly number[] {
  const { data } = JSON.parse(text) as { data: { points: [number, number][] } };
  return data.points.map(([, price]) => price);
}
