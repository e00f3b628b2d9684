/** Everything of /ws/heatmap: the maps of any number of symbols. */
import type { HeatmapSubscription, HeatmapUpdate } from './api.ts';
import { type AnyChannel, Channel } from './channel.ts';
import { TidegaugeError } from './errors.ts';
import { Feed, type FeedEvents, type FeedOptions, type Origin, type Taken } from './feed.ts';
import { asText, type Fields } from './fields.ts';
import { type HeatmapTerms, HeatmapWish } from './heatmap-wish.ts';
import type { Outcome } from './poller.ts';
import type { Ports } from './ports.ts';
import { readSnapshot } from './read-heatmap.ts';
import type { RestAnswer } from './rest.ts';

/** Nothing comes while nothing changes: only the ping of each 30 s tells. */
const QUIET_MS = Number.POSITIVE_INFINITY;
const SYMBOLS_A_MESSAGE_MAX = 10;

export class HeatmapFeed extends Feed {
  /** By symbol. */
  readonly #maps = new Map<string, Channel<HeatmapUpdate>>();
  /** What the open line was told: seconds by symbol. */
  readonly #said = new Map<string, number>();
  /** When a symbol was last asked for over HTTP. */
  readonly #polledMs = new Map<string, number>();
  /** Symbols that the server does not carry, told to the program already. */
  readonly #unknown = new Set<string>();

  constructor(ports: Ports, options: FeedOptions, events: FeedEvents) {
    super(ports, options, QUIET_MS, events);
  }

  heatmap(
    terms: HeatmapTerms,
    handler: ((update: HeatmapUpdate) => void) | undefined,
  ): HeatmapSubscription {
    const paceSec = (symbol: string): number => this.#wanted().get(symbol) ?? 0;
    return new HeatmapWish(this, this.ports.clock, paceSec, terms, handler);
  }

  protected override channels(): Iterable<AnyChannel> {
    return this.#maps.values();
  }

  protected override arrange(): void {
    for (const { wishes } of this.#maps.values()) wishes.clear();
    for (const wish of this.#heatmapWishes()) {
      for (const symbol of wish.symbols) this.#mapOf(symbol).wishes.add(wish);
    }
    for (const [symbol, map] of this.#maps) if (!map.isWanted) this.#drop(symbol);
    this.pollIntervalMs = Math.min(...this.#wanted().values()) * 1000;
  }

  protected override startAnew(): void {
    this.#said.clear();
  }

  /** Of those who want a map at different intervals the shortest counts; the others let some pass. */
  protected override say(): void {
    const wanted = this.#wanted();
    const left = [...this.#said.keys()].filter((symbol) => !wanted.has(symbol));
    for (const symbol of left) this.#said.delete(symbol);
    for (const symbols of inParts(left)) this.line.send({ action: 'unsubscribe', symbols });
    const byInterval = new Map<number, string[]>();
    for (const [symbol, sec] of wanted) {
      if (this.#said.get(symbol) === sec) continue;
      this.#said.set(symbol, sec);
      byInterval.set(sec, [...(byInterval.get(sec) ?? []), symbol]);
    }
    for (const [update_interval, symbols] of byInterval) {
      for (const part of inParts(symbols)) {
        const resume = this.#held(part);
        this.line.send({ action: 'subscribe', symbols: part, update_interval, resume });
      }
    }
    if (byInterval.size > 0) this.sendTicket();
  }

  protected override take(message: Fields, origin: Origin): Taken {
    if (message.type !== 'snapshot') return 'unknown';
    const symbol = asText(message.symbol);
    if (symbol === null) return 'malformed';
    const map = this.#maps.get(symbol);
    // It was on its way when the last one who wanted it left.
    if (!map) return 'taken';
    this.#unknown.delete(symbol);
    return this.publish(map, message, readSnapshot(message, symbol), origin);
  }

  protected override problem(error: TidegaugeError): void {
    const { symbol } = error;
    if (symbol !== null && this.#unknown.has(symbol)) return;
    if (symbol !== null) this.#unknown.add(symbol);
    super.problem(error);
  }

  protected override async poll(): Promise<Outcome> {
    const nowMs = this.ports.clock.nowMs();
    for (const [symbol, sec] of this.#wanted()) {
      const askedMs = this.#polledMs.get(symbol) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - askedMs < sec * 1000) continue;
      const answer = await this.rest.get(this.#url(symbol), this.line.token);
      if (!answer) return null;
      if (!this.#takeAnswer(answer, symbol)) {
        const { status, retryAfterMs } = answer;
        return { isOk: false, isAnswered: status > 0, retryAfterMs };
      }
      this.#polledMs.set(symbol, nowMs);
    }
    this.settle();
    return { isOk: true, isAnswered: true, retryAfterMs: null };
  }

  #url(symbol: string): string {
    return `${this.options.httpBase}api/v1/heatmap/${encodeURIComponent(symbol)}`;
  }

  /** @returns whether the server answered, be it that there is nothing */
  #takeAnswer({ status, body, problem }: RestAnswer, symbol: string): boolean {
    if (status === 200 && body) {
      this.take(body, { via: 'polling', epoch: null, connection: 0 });
      return true;
    }
    if (problem?.code === 'INVALID_SYMBOL') {
      const details = { status, symbol, serverCode: problem.code };
      this.problem(new TidegaugeError('INVALID_SYMBOL', problem.message, details));
      return true;
    }
    return problem?.code === 'NOTHING_YET';
  }

  /** Shortest interval by symbol, seconds. */
  #wanted(): ReadonlyMap<string, number> {
    const wanted = new Map<string, number>();
    for (const { symbols, interval } of this.#heatmapWishes()) {
      for (const symbol of symbols) {
        wanted.set(symbol, Math.min(interval, wanted.get(symbol) ?? interval));
      }
    }
    return wanted;
  }

  *#heatmapWishes(): Iterable<HeatmapWish> {
    for (const wish of this.wishes) if (wish instanceof HeatmapWish) yield wish;
  }

  #mapOf(symbol: string): Channel<HeatmapUpdate> {
    const map = this.#maps.get(symbol) ?? new Channel<HeatmapUpdate>();
    this.#maps.set(symbol, map);
    return map;
  }

  #drop(symbol: string): void {
    this.#maps.get(symbol)?.forget();
    this.#maps.delete(symbol);
    this.#polledMs.delete(symbol);
    this.#unknown.delete(symbol);
  }

  #held(symbols: readonly string[]): Record<string, { epoch: string; seq: number }> {
    return Object.fromEntries(
      symbols.flatMap((symbol) => {
        const place = this.#maps.get(symbol)?.place;
        return place ? [[symbol, { epoch: place.run, seq: place.seq }]] : [];
      }),
    );
  }
}

function inParts(symbols: readonly string[]): readonly string[][] {
  const count = Math.ceil(symbols.length / SYMBOLS_A_MESSAGE_MAX);
  return Array.from({ length: count }, (_, i) =>
    symbols.slice(i * SYMBOLS_A_MESSAGE_MAX, (i + 1) * SYMBOLS_A_MESSAGE_MAX),
  );
}
