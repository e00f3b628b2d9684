/** Asks for the past of the map: what is seen and not here yet, and no more often than needed. */
import type { Cancel, Clock } from './clock.ts';
import type { HeatView } from './model/heatmap/heat-view.ts';
import type { Heatmap } from './model/heatmap/heatmap.ts';
import { type Lack, wholeOf } from './model/heatmap/loaded-maps.ts';
import type { HistoryPart } from './model/heatmap/map-history.ts';
import { askHistory } from './rest/ask-history.ts';
import type { AskRest } from './rest/ask-rest.ts';
import { Loader } from './rest/loader.ts';

export interface MapLoadingPorts {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly askRest: AskRest;
}

/** A hand that zooms or pans rests when it did nothing for this long. */
const REST_MS = 250;
/** A server needs a moment to close a candle, and pages must not all ask in that moment. */
const CLOSED_AFTER_SEC = 2;
const SPREAD_SEC = 4;

/**
 * A history that begins late may be one that the server is still taking in. It is asked for again
 * after this long, then after twice as long and so on, at the most once a candle.
 */
const SHORT_AGAIN_SEC = 2;

interface Question extends Lack {
  readonly symbol: string;
  /** Slots that had ended by then are in the answer. */
  readonly closedSec: number;
  readonly askedSec: number;
  /** The whole range, whose beginning is to be there. */
  readonly isRange: boolean;
}

export class MapLoading {
  readonly #ports: MapLoadingPorts;
  readonly #state: Heatmap;
  readonly #loader: Loader<HistoryPart>;
  /** The newest question. */
  #asked: Question | null = null;
  #resting: Cancel | null = null;
  /** How late this page asks for what has closed. */
  #lateSec = CLOSED_AFTER_SEC;
  /** How many times in a row the range began late. */
  #shortLoads = 0;

  /** @param changed called after each change of the state */
  constructor(ports: MapLoadingPorts, state: Heatmap, changed: () => void) {
    this.#ports = ports;
    this.#state = state;
    this.#loader = new Loader(ports, {
      onState: (load) => {
        state.historyLoad = load;
        // The server may not have the buckets that are here.
        const isRefused = load.kind === 'failed' && load.retryAtMs === null;
        if (isRefused && this.#asked?.joins) this.retry();
        changed();
      },
      onValue: (part) => this.#take(part),
    });
  }

  /** Something else is to be seen. Asks at once for what is not here of it. */
  show(): void {
    this.#stopResting();
    this.#shortLoads = 0;
    this.#ensure();
  }

  /** A hand is zooming or panning: asks when it rests. */
  showAtRest(): void {
    this.#resting?.();
    const view = this.#state.view(this.#ports.clock.nowMs());
    if (this.#isOpen && !(view && this.#answers(view))) this.#callOff();
    this.#resting = this.#ports.clock.after(REST_MS, () => this.show());
  }

  /** Time has passed, or the end of the data has moved. */
  tick(): void {
    if (!this.#resting) this.#ensure();
  }

  /** Asks anew for what failed, or came with nothing; for all of it, and up to the end of now. */
  retry(): void {
    const nowMs = this.#ports.clock.nowMs();
    const { historyLoad } = this.#state;
    const view = this.#state.view(nowMs);
    const isWanted = historyLoad.kind === 'failed' || this.#state.beginsSec(nowMs) === null;
    if (!view || !isWanted || historyLoad.kind === 'loading') return;
    const endSec = this.#state.endSec(nowMs);
    this.#ask(wholeOf(view, endSec), endSec, view.isRange);
  }

  stop(): void {
    this.#stopResting();
    this.#callOff();
  }

  #stopResting(): void {
    this.#resting?.();
    this.#resting = null;
  }

  #callOff(): void {
    this.#asked = null;
    this.#loader.stop();
  }

  #ensure(): void {
    const nowMs = this.#ports.clock.nowMs();
    const view = this.#state.view(nowMs);
    const endSec = this.#state.endSec(nowMs);
    const isOfUse = this.#isOpen && view !== null && this.#answers(view);
    if (isOfUse) return;
    const lack = view && this.#lackOf(view, endSec);
    if (lack) this.#ask(lack, endSec, view.isRange);
    else if (this.#isOpen) this.#callOff();
  }

  #lackOf(view: HeatView, endSec: number): Lack | null {
    const { maps } = this.#state;
    const lack = maps.lackOf(view, endSec - this.#lateSec, endSec);
    const asked = this.#asked;
    if (this.#shortLoads === 0 || !view.isRange || !asked) return lack;
    const againSec = SHORT_AGAIN_SEC * 2 ** (this.#shortLoads - 1);
    const isDue = endSec >= asked.askedSec + Math.min(againSec, view.plan.intervalSec);
    return lack || isDue ? wholeOf(view, endSec) : null;
  }

  /** A question is under way, or waits for its next try. */
  get #isOpen(): boolean {
    const { kind } = this.#state.historyLoad;
    return kind === 'loading' || kind === 'failed';
  }

  /** Whether what is under way is of use for what is seen. */
  #answers({ plan, fromSec, toSec }: HeatView): boolean {
    const asked = this.#asked;
    if (!asked || asked.symbol !== this.#state.market?.symbol) return false;
    const {
      heldFromSec,
      heldToSec,
      closedSec,
      plan: { intervalSec },
    } = asked;
    const reaches = heldToSec + intervalSec >= Math.min(toSec, closedSec);
    return intervalSec === plan.intervalSec && heldFromSec <= fromSec && reaches;
  }

  #ask(lack: Lack, endSec: number, isRange: boolean): void {
    const symbol = this.#state.market?.symbol;
    if (symbol === undefined) return;
    const { plan, fromSec, toSec, joins } = lack;
    const closedSec = endSec - CLOSED_AFTER_SEC;
    this.#asked = { ...lack, symbol, closedSec, askedSec: endSec, isRange };
    this.#lateSec = CLOSED_AFTER_SEC + this.#ports.random() * SPREAD_SEC;
    const question = {
      symbol,
      intervalName: plan.intervalName,
      fromSec,
      toSec: Math.ceil(toSec),
      binUsd: joins?.binUsd ?? null,
    };
    this.#loader.start((signal) => askHistory(this.#ports.askRest, question, signal));
  }

  #take(part: HistoryPart): void {
    const asked = this.#asked;
    if (!asked) return;
    const { isRange, joins, fromSec, plan, closedSec } = asked;
    this.#state.takeHistory(part, asked, closedSec, this.#ports.clock.nowMs());
    if (!isRange || joins) return;
    const beginsSec = part.columns[0]?.timeSec ?? Number.POSITIVE_INFINITY;
    const isShort = beginsSec > fromSec + 2 * plan.intervalSec;
    this.#shortLoads = isShort ? this.#shortLoads + 1 : 0;
  }
}
