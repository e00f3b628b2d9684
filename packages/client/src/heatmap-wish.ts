import type { HeatmapOptions, HeatmapSubscription, HeatmapUpdate } from './api.ts';
import type { Cancel, Clock } from './ports.ts';
import { conflate } from './update.ts';
import { Wish, type WishHost } from './wish.ts';

export interface HeatmapTerms {
  readonly symbols: readonly string[];
  /** Seconds. */
  readonly interval: number;
}

const INTERVAL_SEC = { min: 1, max: 60, usual: 5 } as const;
/** The server's timers may be off by some ms, and so may the way. */
const EARLY_MS = 100;

/** @throws TypeError, RangeError that name the value */
export function heatmapTerms(symbols: readonly string[], options?: HeatmapOptions): HeatmapTerms {
  const isList = Array.isArray(symbols) && symbols.length > 0;
  if (!isList || !symbols.every((each) => typeof each === 'string' && each !== '')) {
    throw new TypeError(
      `symbols must be a list of names such as ['BTCUSDT'], not ${JSON.stringify(symbols)}`,
    );
  }
  const interval = options?.interval ?? INTERVAL_SEC.usual;
  if (!(interval >= INTERVAL_SEC.min && interval <= INTERVAL_SEC.max)) {
    throw new RangeError(`interval must be 1 to 60 seconds, not ${interval}`);
  }
  return { symbols: [...new Set(symbols)], interval };
}

/** What waits for its time. */
interface Early {
  update: HeatmapUpdate;
  cameMs: number;
  readonly cancel: Cancel;
}

/** The wish for maps: each no oftener than its own interval, whatever others want. */
export class HeatmapWish extends Wish<HeatmapUpdate> implements HeatmapSubscription {
  readonly #clock: Clock;
  readonly #paceSec: (symbol: string) => number;
  #terms: HeatmapTerms;
  /** By symbol: the newest that was handed on, and when. */
  readonly #given = new Map<string, { readonly update: HeatmapUpdate; readonly atMs: number }>();
  /** By symbol: what came too early. */
  readonly #early = new Map<string, Early>();

  /** @param paceSec the interval at which the server sends a symbol */
  constructor(
    host: WishHost,
    clock: Clock,
    paceSec: (symbol: string) => number,
    terms: HeatmapTerms,
    handler: ((update: HeatmapUpdate) => void) | undefined,
  ) {
    super(host, handler);
    this.#clock = clock;
    this.#paceSec = paceSec;
    this.#terms = terms;
  }

  get symbols(): readonly string[] {
    return this.#terms.symbols;
  }

  get interval(): number {
    return this.#terms.interval;
  }

  change(symbols: readonly string[], options?: HeatmapOptions): void {
    const terms = heatmapTerms(symbols, { interval: this.interval, ...options });
    if (this.closed) return;
    this.#terms = terms;
    for (const symbol of this.#given.keys()) {
      if (!terms.symbols.includes(symbol)) this.#leave(symbol);
    }
    if (terms.symbols.some((symbol) => !this.#given.has(symbol))) this.expectAnswer();
    this.host.wishesChanged();
  }

  override knows({ symbol }: HeatmapUpdate): boolean {
    return this.#given.has(symbol);
  }

  override deliver(update: HeatmapUpdate): void {
    const { symbol } = update;
    if (this.closed || !this.symbols.includes(symbol)) return;
    const nowMs = this.#clock.nowMs();
    const early = this.#early.get(symbol);
    if (early) {
      early.update = conflate(early.update, update);
      early.cameMs = nowMs;
      return;
    }
    const givenMs = this.#given.get(symbol)?.atMs ?? Number.NEGATIVE_INFINITY;
    const dueMs = givenMs + this.interval * 1000 - EARLY_MS;
    if (nowMs >= dueMs) this.#give(update, nowMs);
    else {
      const cancel = this.#clock.after(dueMs - nowMs, () => this.#release(symbol));
      this.#early.set(symbol, { update, cameMs: nowMs, cancel });
    }
  }

  protected override left(): void {
    for (const symbol of this.symbols) this.#leave(symbol);
  }

  protected override keyOf({ symbol }: HeatmapUpdate): string {
    return symbol;
  }

  protected override known(): readonly HeatmapUpdate[] {
    return [...this.#given.values()].map(({ update }) => this.first(update));
  }

  #release(symbol: string): void {
    const early = this.#early.get(symbol);
    this.#early.delete(symbol);
    if (!early) return;
    // What comes at this very interval, only at other moments, would else wait again each time.
    const isInStep = this.#paceSec(symbol) >= this.interval;
    this.#give(early.update, isInStep ? early.cameMs : this.#clock.nowMs());
  }

  /** @param atMs from when its interval counts */
  #give(update: HeatmapUpdate, atMs: number): void {
    const given = this.knows(update) ? update : this.first(update);
    this.#given.set(update.symbol, { update: given, atMs });
    super.deliver(given);
  }

  #leave(symbol: string): void {
    this.#given.delete(symbol);
    this.#early.get(symbol)?.cancel();
    this.#early.delete(symbol);
  }
}
