import {
  type HeatmapRequest,
  parseHeatmapMessage,
  SYMBOLS_PER_CONNECTION_MAX,
} from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import type { Dialogue, Recipient } from './endpoint.ts';
import type { HeatmapStates } from './heatmap-channels.ts';
import type { HeatmapRhythm, Subscription } from './heatmap-rhythm.ts';
import type { Publication } from './publication.ts';
import { unknownSymbol } from './unknown-symbol.ts';

export interface HeatmapDialogueOptions {
  readonly clock: Clock;
  readonly states: HeatmapStates;
  readonly rhythm: HeatmapRhythm;
  /** For clients that name none. */
  readonly intervalSec: number;
  readonly onBegin: (dialogue: HeatmapDialogue) => void;
  /** The client is subscribed to one symbol more, or less. */
  readonly onChange: (symbol: string, change: 1 | -1) => void;
  readonly onEnd: (dialogue: HeatmapDialogue) => void;
}

type Subscribe = Extract<HeatmapRequest, { readonly kind: 'subscribe' }>;

/** The symbols of one client of /ws/heatmap. */
export class HeatmapDialogue implements Dialogue {
  readonly recipient: Recipient;
  readonly #options: HeatmapDialogueOptions;
  readonly #held: Map<string, Subscription> = new Map();

  constructor(recipient: Recipient, options: HeatmapDialogueOptions) {
    this.recipient = recipient;
    this.#options = options;
  }

  channels(): Iterable<string> {
    return this.#held.keys();
  }

  begin(): void {
    this.#options.onBegin(this);
  }

  message(text: string): void {
    const result = parseHeatmapMessage(text);
    if (!result.ok) this.recipient.error(result.code, result.message);
    else if (result.message.kind === 'ping') this.recipient.answerPing(result.message.timestamp);
    else if (result.message.kind === 'subscribe') this.#subscribe(result.message);
    else this.#unsubscribe(result.message.symbols);
  }

  settle(): void {
    this.#options.rhythm.settle(this.#held.values());
  }

  caughtUp(publications: readonly Publication[]): void {
    const { clock, rhythm } = this.#options;
    for (const publication of publications) {
      const subscription = this.#held.get(publication.channel);
      if (subscription !== undefined) {
        rhythm.caughtUp(subscription, publication, clock.monotonicMs());
      }
    }
  }

  end(): void {
    for (const subscription of this.#held.values()) this.#letGo(subscription);
    this.#options.onEnd(this);
  }

  #subscribe(request: Subscribe): void {
    const { clock, rhythm, intervalSec } = this.#options;
    const intervalMs = (request.intervalSec ?? intervalSec) * 1000;
    const nowMs = clock.monotonicMs();
    const { known, unknown } = this.#sort(request.symbols);
    const noRoom: string[] = [];
    const touched: Subscription[] = [];
    for (const symbol of known) {
      const held = this.#held.get(symbol);
      if (held !== undefined) touched.push(changed(held, intervalMs));
      else if (this.#held.size === SYMBOLS_PER_CONNECTION_MAX) noRoom.push(symbol);
      else touched.push(this.#hold(symbol, intervalMs, this.#resumedSeq(request, symbol), nowMs));
    }
    rhythm.add(touched, nowMs);
    if (noRoom.length > 0) this.#refuseFurther(noRoom);
    if (unknown.length > 0) this.#refuseUnknown(unknown);
  }

  #unsubscribe(symbols: readonly string[]): void {
    const { known, unknown } = this.#sort(symbols);
    for (const symbol of known) {
      const subscription = this.#held.get(symbol);
      if (subscription === undefined) continue;
      this.#letGo(subscription);
      this.recipient.discard(symbol);
    }
    if (unknown.length > 0) this.#refuseUnknown(unknown);
  }

  #hold(symbol: string, intervalMs: number, seq: number, nowMs: number): Subscription {
    const { recipient } = this;
    const subscription = { recipient, symbol, intervalMs, seq, handed: null, dueMs: nowMs };
    this.#held.set(symbol, subscription);
    this.#options.onChange(symbol, 1);
    return subscription;
  }

  #letGo(subscription: Subscription): void {
    this.#held.delete(subscription.symbol);
    this.#options.rhythm.remove(subscription);
    this.#options.onChange(subscription.symbol, -1);
  }

  /** What the client says it has; sequences of another epoch are none of ours. */
  #resumedSeq({ resume }: Subscribe, symbol: string): number {
    const position = resume.get(symbol);
    return position?.epoch === this.#options.states.epoch ? position.seq : 0;
  }

  #sort(symbols: readonly string[]): { known: readonly string[]; unknown: readonly string[] } {
    const carried = new Set(this.#options.states.symbols());
    return {
      known: symbols.filter((symbol) => carried.has(symbol)),
      unknown: symbols.filter((symbol) => !carried.has(symbol)),
    };
  }

  #refuseUnknown(symbols: readonly string[]): void {
    const carried = this.#options.states.symbols();
    this.recipient.errors(
      symbols.map((symbol) => ({ code: 'INVALID_SYMBOL', ...unknownSymbol(symbol, carried) })),
    );
  }

  #refuseFurther(symbols: readonly string[]): void {
    this.recipient.error(
      'INVALID_MESSAGE',
      `not subscribed to ${symbols.join(', ')}: allowed are at most ` +
        `${SYMBOLS_PER_CONNECTION_MAX} symbols a connection; unsubscribe some first`,
    );
  }
}

/** With another interval, counted from when it was last sent something. */
function changed(subscription: Subscription, intervalMs: number): Subscription {
  subscription.dueMs += intervalMs - subscription.intervalMs;
  subscription.intervalMs = intervalMs;
  return subscription;
}
