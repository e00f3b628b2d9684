/** Joins the client, the questions over HTTP and what the page knows of the liquidation map. */
import type { HeatmapSubscription, State, Status, Tidegauge } from '@tidegauge/client';
import { MapLoading, type MapLoadingPorts } from './map-loading.ts';
import type { HeatChoice, Heatmap } from './model/heatmap/heatmap.ts';
import { isReached } from './model/line-status.ts';
import { unreadable } from './rest/ask-rest.ts';
import { Loader, type LoadOutcome } from './rest/loader.ts';
import type { Markets } from './wire/heatmap/heatmap-incoming.ts';
import { readMarkets } from './wire/heatmap/read-markets.ts';

/** Seconds between two maps, while somebody looks and while nobody does. */
const INTERVAL_SEEN_SEC = 1;
const INTERVAL_UNSEEN_SEC = 30;

export class HeatmapSession {
  readonly #ports: MapLoadingPorts;
  readonly #state: Heatmap;
  readonly #changed: () => void;
  readonly #markets: Loader<Markets>;
  readonly #past: MapLoading;
  #shown = false;
  #visible = true;
  #tide: Tidegauge | null = null;
  #subscription: HeatmapSubscription | null = null;
  /** The server was lost, and is not back yet. */
  #wasLost = false;

  /** @param changed called after each change of the state */
  constructor(ports: MapLoadingPorts, state: Heatmap, changed: () => void) {
    this.#ports = ports;
    this.#state = state;
    this.#changed = changed;
    this.#markets = new Loader(ports, {
      onState: (load) => {
        state.marketsLoad = load;
        changed();
      },
      onValue: (markets) => this.#takeMarkets(markets),
    });
    this.#past = new MapLoading(ports, state, changed);
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
      this.#past.stop();
      return;
    }
    this.#markets.start((signal) => this.#askMarkets(signal));
    this.#subscribe();
    this.#past.show();
  }

  /** A tab in the background is told rarely. */
  setVisible(visible: boolean): void {
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.#subscribe();
  }

  choose(choice: HeatChoice): void {
    const before = this.#state.choice;
    if (isSame(before, choice)) return;
    const moved = this.#state.choose(choice);
    if (moved) this.#subscribe();
    const byHand = !moved && choice.range === before.range && choice.zoom !== null;
    if (this.#shown && byHand) this.#past.showAtRest();
    else if (this.#shown) this.#past.show();
    this.#changed();
  }

  /** How many columns the screen has room for. */
  setColumnsMax(columnsMax: number): void {
    if (columnsMax === this.#state.columnsMax) return;
    this.#state.columnsMax = columnsMax;
    if (this.#shown) this.#past.show();
  }

  /** A person asks for another try of whatever failed, or came with nothing. */
  retry(): void {
    const { marketsLoad, market, line } = this.#state;
    const lacksMarket = marketsLoad.kind === 'failed' || !market;
    if (lacksMarket && marketsLoad.kind !== 'loading') this.#markets.retry();
    if (this.#shown) this.#past.retry();
    if (!isReached(line)) this.#tide?.retry();
  }

  /** Time has passed: a candle may have closed since the history was asked for. */
  tick(): void {
    if (this.#shown && this.#visible) this.#past.tick();
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
    if (this.#state.historyLoad.kind === 'failed') this.#past.retry();
  }

  #takeMarkets(markets: Markets): void {
    if (!this.#state.takeMarkets(markets)) return;
    this.#subscribe();
    this.#past.show();
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
          this.tick();
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
    return markets ? { kind: 'ok', value: markets } : unreadable('The list of markets');
  }
}

function isSame(one: HeatChoice, other: HeatChoice): boolean {
  const isSameZoom =
    one.zoom?.spanSec === other.zoom?.spanSec && one.zoom?.endSec === other.zoom?.endSec;
  return one.symbol === other.symbol && one.range === other.range && isSameZoom;
}

function isLost(state: State): boolean {
  return state === 'reconnecting' || state === 'closed';
}
