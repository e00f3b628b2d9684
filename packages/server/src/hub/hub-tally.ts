import { CLOSE_CODES, REFUSALS } from '@tidegauge/protocol';
import { type Clock, every } from '../clock.ts';
import type { Bundle } from './bundle.ts';
import {
  BROADCAST_BOUNDS_SEC,
  type DurationFigures,
  type HubFigures,
  type HubStats,
  type Tally,
} from './hub-stats.ts';
import { LastMinute } from './last-minute.ts';

/** Between two looks at how much was sent: what "in the last minute" is exact to. */
const MARK_INTERVAL_MS = 1_000;

/** Enough for quantiles: two minutes of the price, and sorted in a moment for many processes. */
const RECENT_MAX = 256;

/** What peers may close with: RFC 6455, 7.4.1, and the registry that it began, to 1014. */
const PEER_CODES = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011];
const REGISTERED_LATER = [1012, 1013, 1014];
const OWN_CODES = Object.values(CLOSE_CODES).map(({ code }) => code);
const CODES = [...new Set([...PEER_CODES, ...REGISTERED_LATER, ...OWN_CODES])].map(String);

/** What an upgrade may be refused with; plain requests have other refusals. */
const REASONS = [
  REFUSALS.badUpgrade,
  REFUSALS.unknownSubprotocol,
  REFUSALS.invalidParameter,
  REFUSALS.unauthorized,
  REFUSALS.tooManyFailures,
  REFUSALS.originNotAllowed,
  REFUSALS.notFound,
  REFUSALS.tooManyFromAddress,
  REFUSALS.full,
  REFUSALS.draining,
  REFUSALS.tokensUnchecked,
  REFUSALS.webSocketsOff,
].map(({ code }) => code);

/** Anybody can close with any code from 3000 to 4999; each would be a label of its own. */
const OTHER = 'other';

/**
 * Counts what a hub does. Names that can be known before are there from the start, with 0: a rate
 * is only seen from the second value on.
 */
export class HubTally implements HubStats {
  readonly #clock: Clock;
  readonly #channels: readonly string[];
  readonly #sent: Map<string, number>;
  readonly #dropped: Map<string, number>;
  readonly #slow: Map<string, number>;
  readonly #disconnects: Map<string, number> = zeros([...CODES, OTHER]);
  readonly #refused: Map<string, number> = zeros(REASONS);
  readonly #durations: Map<string, Durations>;
  readonly #recentSec: number[] = [];
  readonly #minute: LastMinute;
  #slowClients = 0;
  #sentTotal = 0;
  /** What is sent now, usually to many one after another, and to how many it was: not added yet. */
  #bundle: Bundle | null = null;
  #uses = 0;
  #cancel: () => void = () => {};

  /** @param channels those that are known to be published here */
  constructor(clock: Clock, channels: readonly string[] = []) {
    this.#clock = clock;
    this.#channels = channels;
    this.#sent = zeros(channels);
    this.#dropped = zeros(channels);
    this.#slow = zeros(channels);
    this.#durations = new Map(channels.map((channel) => [channel, new Durations()]));
    this.#minute = new LastMinute(clock.monotonicMs());
  }

  /** Begins to tell the last minute from what was before. */
  start(): void {
    this.#cancel = every(this.#clock, MARK_INTERVAL_MS, () => {
      this.#settle();
      this.#minute.mark(this.#clock.monotonicMs(), this.#sentTotal);
    });
  }

  stop(): void {
    this.#cancel();
  }

  sent(bundle: Bundle): void {
    if (bundle !== this.#bundle) {
      this.#settle();
      this.#bundle = bundle;
    }
    this.#uses++;
  }

  dropped(channel: string): void {
    add(this.#dropped, channel, 1);
  }

  slow(channels: Iterable<string>): void {
    this.#slowClients++;
    for (const channel of channels) add(this.#slow, channel, 1);
  }

  disconnected(code: number): void {
    const name = String(code);
    add(this.#disconnects, this.#disconnects.has(name) ? name : OTHER, 1);
  }

  refused(reason: string): void {
    add(this.#refused, reason, 1);
  }

  broadcast(channels: readonly string[], durationMs: number): void {
    const durationSec = durationMs / 1000;
    for (const channel of channels) {
      const durations = this.#durations.get(channel) ?? new Durations();
      this.#durations.set(channel, durations);
      durations.add(durationSec);
    }
    this.#recentSec.push(durationSec);
    if (this.#recentSec.length > RECENT_MAX) this.#recentSec.shift();
  }

  /**
   * @param connections that are open now
   * @param subscriptions clients by channel; channels without any may be left out
   */
  figures(connections: number, subscriptions: Tally): HubFigures {
    this.#settle();
    return {
      workers: 0,
      connections,
      subscriptions: { ...Object.fromEntries(zeros(this.#channels)), ...subscriptions },
      sent: Object.fromEntries(this.#sent),
      dropped: Object.fromEntries(this.#dropped),
      slow: Object.fromEntries(this.#slow),
      slowClients: this.#slowClients,
      disconnects: Object.fromEntries(this.#disconnects),
      refused: Object.fromEntries(this.#refused),
      broadcasts: Object.fromEntries(
        [...this.#durations].map(([channel, durations]) => [channel, durations.read()]),
      ),
      recentBroadcastsSec: [...this.#recentSec],
      sentLastMinute: this.#minute.count(this.#clock.monotonicMs(), this.#sentTotal),
    };
  }

  #settle(): void {
    if (this.#bundle === null || this.#uses === 0) return;
    for (const { channel } of this.#bundle.publications) add(this.#sent, channel, this.#uses);
    this.#sentTotal += this.#uses * this.#bundle.publications.length;
    this.#uses = 0;
  }
}

/** Durations while they are counted. */
class Durations {
  readonly #counts: number[] = [...BROADCAST_BOUNDS_SEC, Number.POSITIVE_INFINITY].map(() => 0);
  #sumSec = 0;

  add(durationSec: number): void {
    const found = BROADCAST_BOUNDS_SEC.findIndex((boundSec) => durationSec <= boundSec);
    this.#counts[found === -1 ? BROADCAST_BOUNDS_SEC.length : found]! += 1;
    this.#sumSec += durationSec;
  }

  read(): DurationFigures {
    return { counts: [...this.#counts], sumSec: this.#sumSec };
  }
}

function zeros(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name) => [name, 0]));
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}
