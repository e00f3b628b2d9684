/** Asks the server over HTTP for the price as it was while this page could not see it. */
import type { FeedStatus, Tidegauge } from '@tidegauge/client';
import type { Clock } from './clock.ts';
import type { Dashboard } from './model/dashboard.ts';
import { isReached } from './model/line-status.ts';
import { type AskRest, unreadable } from './rest/ask-rest.ts';
import { Loader, type LoadOutcome, type LoadState } from './rest/loader.ts';
import { type PastPrice, readPriceHistory } from './wire/read-price-history.ts';

export interface PricePastPorts {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly askRest: AskRest;
}

/** As long as the page was not there: the server's own measure is the day up to now. */
const ALL = 0;
/** A point a minute: 1,440 in the day that can be looked at. */
const INTERVAL = '1m';
/** Into a gap that is shorter falls no point that could close it. */
const GAP_MIN_SEC = 60;

export class PricePastSession {
  readonly #ports: PricePastPorts;
  readonly #state: Dashboard;
  readonly #loader: Loader<readonly PastPrice[]>;
  #isReached = false;
  /** Since when something is missing that was not asked for; null: nothing. */
  #missingSec: number | null = null;
  /** What is held is of a server that makes things up, or is not. */
  #isOfDemo = false;
  /** The same of what was asked for last. */
  #askedSec = ALL;
  #load: LoadState = { kind: 'idle' };

  /** @param changed called after each change of the state */
  constructor(ports: PricePastPorts, state: Dashboard, changed: () => void) {
    this.#ports = ports;
    this.#state = state;
    this.#loader = new Loader(ports, {
      onState: (load) => {
        this.#load = load;
      },
      onValue: (past) => {
        state.takePast(past);
        changed();
      },
    });
  }

  /** Asks for what is missing, from now until it is told to leave. */
  join(tide: Tidegauge): void {
    this.#isReached = false;
    this.#missingSec = ALL;
    tide.on('status', ({ feeds }) => this.#lineChanged(feeds.mempool));
  }

  leave(): void {
    this.#missingSec = null;
    this.#loader.stop();
  }

  /** Time has passed: the gap that a loss left may have come to its end. */
  tick(): void {
    const { demo, priceHistory } = this.#state;
    // All that was held is thrown away then, and what is on its way is of the server before.
    if (demo !== this.#isOfDemo) this.#missingSec = ALL;
    this.#isOfDemo = demo;
    if (!this.#isReached || this.#missingSec === null) return;
    const missingSec = this.#missingSec;
    if (missingSec !== ALL && !this.#state.showsPriceSince(missingSec)) return;
    this.#missingSec = null;
    if (this.#nowSec() - missingSec < GAP_MIN_SEC) return;
    const sinceSec = priceHistory.indexFrom(missingSec) === 0 ? ALL : missingSec;
    this.#askedSec = sinceSec;
    this.#loader.start((signal) => this.#ask(sinceSec, signal));
  }

  #lineChanged(line: FeedStatus): void {
    const isHere = isReached(line);
    if (isHere === this.#isReached) return;
    this.#isReached = isHere;
    if (!isHere) this.#missingSec ??= this.#sinceLoss();
    this.tick();
  }

  /** What was asked for and has not come is still missing. */
  #sinceLoss(): number {
    const isOpen = this.#load.kind === 'loading' || this.#load.kind === 'failed';
    return isOpen ? this.#askedSec : this.#nowSec();
  }

  #nowSec(): number {
    return this.#state.clock.nowSec(this.#ports.clock.nowMs());
  }

  async #ask(sinceSec: number, signal: AbortSignal): Promise<LoadOutcome<readonly PastPrice[]>> {
    const from = sinceSec === ALL ? '' : `&from=${Math.floor(sinceSec)}`;
    const path = `api/v1/price/history?interval=${INTERVAL}${from}`;
    const answer = await this.#ports.askRest(path, signal);
    if (answer.kind === 'problem') return answer;
    const past = readPriceHistory(answer.body);
    return past ? { kind: 'ok', value: past } : unreadable('The past of the price');
  }
}
