import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import type { Heatmap } from '../model/heatmap/heatmap.ts';
import type { KeyState } from '../model/key-state.ts';
import { type LineStatus, vouchesForPrice } from '../model/line-status.ts';
import type { PriceChoice } from '../model/price-span.ts';
import { heatmapHash, priceHash, type ViewName } from '../model/route.ts';
import { Announcer } from './announcer.ts';
import { ChartView } from './chart-view.ts';
import { element, setText } from './dom.ts';
import { HeaderView } from './header-view.ts';
import { type HeatmapActions, HeatmapView } from './heatmap/heatmap-view.ts';
import { type KeyActions, KeyView } from './key-view.ts';
import { lineWords } from './line-words.ts';
import { noticeFor } from './notice.ts';
import { type NoticeActions, NoticeView } from './notice-view.ts';
import { PanelNotesView } from './panel-notes-view.ts';
import { PriceView } from './price-view.ts';
import { StatsView } from './stats-view.ts';
import { ViewSwitch } from './view-switch.ts';

export interface PageActions extends NoticeActions, KeyActions {
  readonly price: { choose(choice: PriceChoice): void };
  readonly heatmap: HeatmapActions;
}

/** What is drawn: the price is always in sight, with its own chart or the heatmap below it. */
export interface PageState {
  readonly view: ViewName;
  readonly price: Dashboard;
  readonly heatmap: Heatmap;
  readonly access: { readonly state: KeyState; readonly key: string | null };
}

/** All parts of the page, drawn together from the one state. */
export class PageView {
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;
  readonly #header: HeaderView;
  readonly #price: PriceView;
  readonly #panelNotes: PanelNotesView;
  readonly #chart: ChartView;
  readonly #stats: StatsView;
  readonly #notice: NoticeView;
  readonly #heatmap: HeatmapView;
  readonly #key: KeyView;
  readonly #switch = new ViewSwitch();
  readonly #announcer = new Announcer({
    sayLine: (text) => setText(element('say-line', HTMLElement), text),
    sayPrice: (text) => setText(element('say-price', HTMLElement), text),
  });

  constructor(
    numbers: NumberFormats,
    times: TimeFormats,
    actions: PageActions,
    invalidate: () => void,
  ) {
    this.#numbers = numbers;
    this.#times = times;
    this.#header = new HeaderView(times);
    this.#price = new PriceView(numbers, times);
    this.#panelNotes = new PanelNotesView(numbers);
    this.#chart = new ChartView(numbers, times, invalidate);
    this.#stats = new StatsView(numbers);
    this.#notice = new NoticeView(actions);
    this.#key = new KeyView(actions);
    this.#heatmap = new HeatmapView(numbers, times, actions.heatmap, invalidate);
  }

  /** @returns whether something is still moving by itself */
  render(page: PageState, nowMs: number, frameMs: number): 'done' | 'moving' {
    const { price: state, heatmap, view, access } = page;
    const needsKey = access.state.kind === 'needed';
    const status: LineStatus = needsKey ? { kind: 'key-needed' } : state.status(nowMs);
    this.#key.render(access.state, access.key !== null, nowMs);
    this.#switch.render(view, {
      price: priceHash(state.choice),
      heatmap: heatmapHash(heatmap.shownChoice),
    });
    this.#header.render(status, state.demo);
    this.#price.render(state, status);
    this.#notice.render(noticeFor(state, status));
    this.#announce(state, status, nowMs);
    if (view === 'heatmap') return this.#heatmap.render(heatmap, nowMs, frameMs);
    this.#panelNotes.render(state);
    this.#stats.render(state, state.clock.nowSec(nowMs));
    return this.#chart.render(state, nowMs, frameMs, vouchesForPrice(status));
  }

  #announce(state: Dashboard, status: LineStatus, nowMs: number): void {
    this.#announcer.line(lineWords(status, this.#times).spoken, nowMs);
    const priceUsd = state.price?.priceUsd ?? null;
    if (priceUsd === null || !vouchesForPrice(status)) return;
    const demo = state.demo ? 'Demo price' : 'Price';
    this.#announcer.price(priceUsd, `${demo} ${this.#numbers.price(priceUsd)}`, nowMs);
  }
}
