/** Joins the client, the questions over HTTP and what the page knows of the liquidation map. */
import type { HeatmapSubscription, State, Status, Tidegauge } from '@tidegauge/client';
import type { Clock } from './clock.ts';
import type { HeatChoice, Heatmap } from './model/heatmap/heatmap.ts';
import type { HistoryPart } from './model/heatmap/map-history.ts';
import { slotEndSec, type TimePlan } from './model/heatmap/time-plan.ts';
import { isReached } from './model/line-status.ts';
import { askHistory, type HistoryQuestion } from './rest/ask-history.ts';
import type { AskRest } from './rest/ask-rest.ts';
import { Loader, type LoadOutcome } from './rest/loader.ts';
import type { Markets } from './wire/heatmap/heatmap-incoming.ts';
import { readMarkets } from './wire/heatmap/read-markets.ts';

export interface HeatmapPorts {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly askRest: AskRest;
}

/** Seconds between two maps, while somebody looks and while nobody does. */
const INTERVAL_SEEN_SEC = 1;
const INTERVAL_UNSEEN_SEC = 30;
/** A server needs a moment to close a candle, and pages must not all ask in that moment. */
const CLOSED_AFTER_SEC = 2;
const SPREAD_SEC = 4;

/**
 * A history that begins late may be one that the server is still taking in. It is asked for again
 * after this long, then after twice as long and so on, at the most once a candle.
 */
const SHORT_AGAIN_SEC = 2;

interface LoadedPart {
  readonly part: HistoryPart;
  /** True: this is the whole range. False: it follows what is there. */
  readonly whole: boolean;
  /** Where the history should begin. */
  readonly firstSec: number;
}

export class HeatmapSession {
  readonly #ports: HeatmapPorts;
  readonly #clock: Clock;
  readonly #state: Heatmap;
  readonly #changed: () => void;
  readonly #markets: Loader<Markets>;
  readonly #history: Loader<LoadedPart>;
  #shown = false;
  #visible = true;
  #tide: Tidegauge | null = null;
  #subscription: HeatmapSubscription | null = null;
  /** The server was lost, and is not back yet. */
  #wasLost = false;
  /** Where the range ended when the history was last asked for. */
  #askedEndSec = 0;
  /** The same, with a share of the spread between pages. */
  #askedUntilSec = 0;
  #askedAtSec = 0;
  /** How many times in a row the history began late. */
  #shortLoads = 0;

  /** @param changed called after each change of the state */
  constructor(ports: HeatmapPorts, state: Heatmap, changed: () => void) {
    this.#ports = ports;
    this.#clock = ports.clock;
    this.#state = state;
    this.#changed = changed;
    this.#markets = new Loader(ports, {
      onState: (load) => {
        state.marketsLoad = load;
        changed();
      },
      onValue: (markets) => this.#takeMarkets(markets),
    });
    this.#history = new Loader(ports, {
      onState: (load) => {
        state.historyLoad = load;
        changed();
      },
      onValue: (loaded) => this.#takeHistory(loaded),
    });
  }

  /** Takes in what comes, from now until the client is closed. */
  join(tide: Tidegauge): void {
    const state = this.#state;
    this.#tide = tide;
    tide.on('status', (status) => this.#lineChanged(status));
    tide.on('warning', (warning) => {
      if (warning.feed !== 'heatmap') return;
      state.takeWarning(warning);
      this.#changed();
    });
    tide.on('error', ({ code, symbol }) => {
      if (code !== 'INVALID_SYMBOL' || typeof symbol !== 'string') return;
      state.refuse(symbol);
      this.#changed();
    });
    this.#subscribe();
  }

  /** The map came into view or left it: without it there is no line. */
  setShown(shown: boolean): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!shown) {
      this.#unsubscribe();
      this.#markets.stop();
      this.#history.stop();
      return;
    }
    this.#markets.start((signal) => this.#askMarkets(signal));
    this.#subscribe();
    this.#loadWhole();
  }

  /** A tab in the background is told rarely. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#subscribe();
  }

  choose(choice: HeatChoice): void {
    const { range, symbol } = this.#state.choice;
    if (choice.range === range && choice.symbol === symbol) return;
    const moved = this.#state.choose(choice);
    if (moved) this.#subscribe();
    if (this.#shown) this.#loadWhole();
    this.#changed();
  }

  /** How many columns the screen has room for. */
  setColumnsMax(columnsMax: number): void {
    const before = this.#state.plan?.intervalSec;
    this.#state.columnsMax = columnsMax;
    if (this.#state.plan?.intervalSec === before) return;
    this.#state.history.clear();
    if (this.#shown) this.#loadWhole();
  }

  /** A person asks for another try of whatever failed. */
  retry(): void {
    const { marketsLoad, historyLoad, line } = this.#state;
    if (marketsLoad.kind === 'failed') this.#markets.retry();
    if (historyLoad.kind === 'failed') this.#history.retry();
    if (!isReached(line)) this.#tide?.retry();
  }

  /** Time has passed: a candle may have closed since the history was asked for. */
  tick(): void {
    const { plan, historyLoad } = this.#state;
    const nowMs = this.#clock.nowMs();
    this.#state.forgetOld(nowMs);
    if (!this.#shown || !this.#visible || !plan) return;
    this.#goBackToData();
    if (historyLoad.kind !== 'loaded') return;
    if (this.#state.endSec(nowMs) >= this.#dueSec(plan)) this.#loadRest(plan);
  }

  /** The data ends before the range that was asked for does: what lies before that is wanted. */
  #goBackToData(): void {
    const { plan } = this.#state;
    const pastSec = this.#state.pastSec(this.#clock.nowMs());
    if (!this.#shown || !plan || pastSec === null) return;
    if (slotEndSec(plan, pastSec) < this.#askedEndSec) this.#loadWhole();
  }

  #dueSec({ intervalSec }: TimePlan): number {
    const closedSec = this.#askedUntilSec + CLOSED_AFTER_SEC;
    if (this.#shortLoads === 0) return closedSec;
    const againSec = SHORT_AGAIN_SEC * 2 ** (this.#shortLoads - 1);
    return Math.min(closedSec, this.#askedAtSec + Math.min(againSec, intervalSec));
  }

  #lineChanged({ state: worst, feeds }: Status): void {
    this.#state.lineChanged(feeds.heatmap);
    if (isLost(worst)) this.#wasLost = true;
    else if (this.#wasLost && worst !== 'connecting') this.#serverIsBack();
    this.#changed();
  }

  #serverIsBack(): void {
    this.#wasLost = false;
    // A server that was started anew may carry other markets.
    if (this.#state.marketsLoad.kind === 'loaded') this.#markets.retry();
    if (this.#state.historyLoad.kind === 'failed') this.#history.retry();
  }

  #takeMarkets(markets: Markets): void {
    if (!this.#state.takeMarkets(markets)) return;
    this.#subscribe();
    this.#loadWhole();
  }

  /** Says what is wanted, as far as that is known; what was wanted before is left. */
  #subscribe(): void {
    const symbol = this.#state.market?.symbol ?? null;
    if (!this.#shown || !this.#tide || symbol === null) {
      this.#unsubscribe();
      return;
    }
    const symbols = [symbol];
    const options = { interval: this.#visible ? INTERVAL_SEEN_SEC : INTERVAL_UNSEEN_SEC };
    if (this.#subscription) this.#subscription.change(symbols, options);
    else {
      this.#state.unsettle();
      this.#subscription = this.#tide.heatmap(
        symbols,
        (update) => {
          this.#state.takeMap(update);
          this.#goBackToData();
          this.#changed();
        },
        options,
      );
    }
    void this.#settle(this.#subscription);
  }

  /** When the server has answered and no map came before that, there is none. */
  async #settle(subscription: HeatmapSubscription): Promise<void> {
    const { ready } = subscription;
    await ready;
    if (this.#subscription !== subscription || subscription.ready !== ready) return;
    this.#state.settle();
    this.#changed();
  }

  #unsubscribe(): void {
    this.#subscription?.close();
    this.#subscription = null;
  }

  async #askMarkets(signal: AbortSignal): Promise<LoadOutcome<Markets>> {
    const answer = await this.#ports.askRest('api/v1/symbols', signal);
    if (answer.kind === 'problem') return answer;
    const markets = readMarkets(answer.body);
    if (markets) return { kind: 'ok', value: markets };
    const message = 'The list of markets could not be read';
    return { kind: 'problem', message, passing: false, retryAfterMs: null };
  }

  #takeHistory({ part, whole, firstSec }: LoadedPart): void {
    const { plan } = this.#state;
    if (!plan) return;
    this.#state.takeHistory(part, whole);
    const beginsSec = this.#state.history.columns[0]?.timeSec ?? Number.POSITIVE_INFINITY;
    const isShort = beginsSec > firstSec + 2 * plan.intervalSec;
    this.#shortLoads = isShort ? this.#shortLoads + 1 : 0;
  }

  #loadWhole(): void {
    this.#shortLoads = 0;
    this.#load(null);
  }

  /** Only what follows the newest column, unless that is long ago or some of the past is missing. */
  #loadRest({ intervalSec }: TimePlan): void {
    const lastSec = this.#state.history.columns.at(-1)?.timeSec;
    const isWhole = lastSec !== undefined && this.#shortLoads === 0;
    this.#load(isWhole ? lastSec - 2 * intervalSec : null);
  }

  /** @param sinceSec null for the whole range */
  #load(sinceSec: number | null): void {
    const { plan, market } = this.#state;
    if (!plan || !market) return;
    const toSec = this.#state.endSec(this.#clock.nowMs());
    const endSec = slotEndSec(plan, toSec);
    const firstSec = endSec - plan.slotCount * plan.intervalSec;
    const whole = sinceSec === null || sinceSec <= firstSec;
    const question: HistoryQuestion = {
      symbol: market.symbol,
      intervalName: plan.intervalName,
      fromSec: whole ? firstSec : sinceSec,
      toSec: Math.ceil(toSec),
    };
    this.#askedAtSec = toSec;
    this.#askedEndSec = endSec;
    this.#askedUntilSec = endSec + this.#ports.random() * SPREAD_SEC;
    this.#history.start(async (signal) => {
      const outcome = await askHistory(this.#ports.askRest, question, signal);
      return outcome.kind === 'ok'
        ? { kind: 'ok', value: { part: outcome.value, whole, firstSec } }
        : outcome;
    });
  }
}

function isLost(state: State): boolean {
  return state === 'reconnecting' || state === 'closed';
}
