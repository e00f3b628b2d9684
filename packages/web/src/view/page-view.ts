import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import type { Heatmap } from '../model/heatmap/heatmap.ts';
import type { KeyState } from '../model/key-state.ts';
import { isAwaited, type LineStatus, vouchesForPrice } from '../model/line-status.ts';
import type { PriceChoice } from '../model/price-span.ts';
import { heatmapHash, priceHash, type ViewName } from '../model/route.ts';
import { PAGE_VERSION } from '../page-version.ts';
import { Announcer } from './announcer.ts';
import { ChartView } from './chart-view.ts';
import { element, setText } from './dom.ts';
import { EmbedView } from './embed-view.ts';
import { HeaderView } from './header-view.ts';
import { heatWords } from './heatmap/heat-words.ts';
import { type HeatmapActions, HeatmapView } from './heatmap/heatmap-view.ts';
import { type KeyActions, KeyView } from './key-view.ts';
import { lineWords } from './line-words.ts';
import { noticeFor } from './notice.ts';
import { type NoticeActions, NoticeView } from './notice-view.ts';
import { PanelNotesView } from './panel-notes-view.ts';
import type { ChartPicture } from './picture/chart-picture.ts';
import { PicturesView } from './picture/pictures-view.ts';
import { type PictureFormats, pricePicture } from './picture/price-picture.ts';
import { PriceView } from './price-view.ts';
import { StatsView } from './stats-view.ts';
import { ViewSwitch } from './view-switch.ts';

export interface PageActions extends Omit<NoticeActions, 'dismiss'>, KeyActions {
  readonly price: { choose(choice: PriceChoice): void };
  readonly heatmap: HeatmapActions;
}

/** What is drawn: the price is always in sight, with its own chart or the heatmap below it. */
export interface PageState {
  readonly view: ViewName;
  /** Whether that view stands alone, within another page. */
  readonly embedded: boolean;
  readonly price: Dashboard;
  readonly heatmap: Heatmap;
  readonly access: { readonly state: KeyState; readonly key: string | null };
}

/** All parts of the page, drawn together from the one state. */
export class PageView {
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;
  readonly #header = new HeaderView();
  readonly #price: PriceView;
  readonly #panelNotes: PanelNotesView;
  readonly #chart: ChartView;
  readonly #stats: StatsView;
  readonly #notice: NoticeView;
  readonly #heatmap: HeatmapView;
  readonly #key: KeyView;
  readonly #pictures: PicturesView;
  readonly #formats: PictureFormats;
  readonly #embed = new EmbedView();
  readonly #switch = new ViewSwitch();
  readonly #announcer = new Announcer({
    sayLine: (text) => setText(element('say-line', HTMLElement), text),
    sayPrice: (text) => setText(element('say-price', HTMLElement), text),
  });

  /** What was drawn last. */
  #shown: { readonly page: PageState; readonly nowMs: number } | null = null;

  constructor(
    numbers: NumberFormats,
    times: TimeFormats,
    actions: PageActions,
    invalidate: () => void,
  ) {
    this.#numbers = numbers;
    this.#times = times;
    this.#formats = { numbers, times, version: PAGE_VERSION };
    this.#price = new PriceView(numbers, times);
    this.#panelNotes = new PanelNotesView(numbers);
    this.#chart = new ChartView(
      numbers,
      times,
      (choice) => actions.price.choose(choice),
      invalidate,
    );
    this.#stats = new StatsView(numbers);
    this.#pictures = new PicturesView(() => this.#picture(), invalidate);
    this.#notice = new NoticeView({ ...actions, dismiss: () => this.#pictures.dismiss() });
    this.#key = new KeyView(actions);
    this.#heatmap = new HeatmapView(numbers, times, actions.heatmap, invalidate);
  }

  /** @returns whether something is still moving by itself */
  render(page: PageState, nowMs: number, frameMs: number): 'done' | 'moving' {
    const { price: state, heatmap, view, access, embedded } = page;
    this.#shown = { page, nowMs };
    const needsKey = access.state.kind === 'needed';
    const status: LineStatus = needsKey ? { kind: 'key-needed' } : state.status(nowMs);
    const hashes = {
      price: priceHash(state.choice),
      heatmap: heatmapHash(heatmap.shownChoice),
    };
    if (embedded) this.#embed.render(hashes[view], needsKey);
    else this.#key.render(access.state, access.key !== null, nowMs);
    this.#switch.render(view, hashes);
    if (embedded && view === 'heatmap' && !needsKey) this.#renderMapLine(heatmap, nowMs);
    else this.#renderLine(state, status, nowMs);
    this.#price.render(state, status);
    this.#renderNotice(state, status, embedded);
    const motion =
      view === 'heatmap'
        ? this.#heatmap.render(heatmap, nowMs, frameMs)
        : this.#renderPrice(state, status, nowMs, frameMs);
    const chart = view === 'heatmap' ? this.#heatmap : this.#chart;
    this.#pictures.render(view, chart.isBlank);
    return motion;
  }

  #renderPrice(
    state: Dashboard,
    status: LineStatus,
    nowMs: number,
    frameMs: number,
  ): 'done' | 'moving' {
    this.#panelNotes.render(state, state.clock.nowSec(nowMs));
    this.#stats.render(state, isAwaited(status), nowMs);
    return this.#chart.render(state, nowMs, frameMs, vouchesForPrice(status));
  }

  /** What stands on the screen, and no more than that: as it was drawn last. */
  #picture(): ChartPicture | null {
    if (!this.#shown) return null;
    const { page, nowMs } = this.#shown;
    const { view, price: state, heatmap } = page;
    if (view === 'heatmap') return this.#heatmap.picture(heatmap, nowMs, this.#formats);
    const status = state.status(nowMs);
    const drawn = this.#chart.picture(state, nowMs, vouchesForPrice(status));
    if (!drawn) return null;
    const nowSec = state.clock.nowSec(nowMs);
    const picture = pricePicture(state, status, drawn.scene, nowSec, this.#formats);
    return { ...drawn, ...picture };
  }

  /** Who looks at a page within another runs no server, and can do nothing about most of it. */
  #renderNotice(state: Dashboard, status: LineStatus, embedded: boolean): void {
    const notice = noticeFor(state, status);
    const told = embedded && notice?.weight !== 'grave' ? null : notice;
    // Somebody has just pressed a button and waits for an answer.
    const answer = told?.weight === 'grave' ? null : this.#pictures.notice;
    this.#notice.render(answer ?? told);
  }

  /** Where the map stands alone, its line is the one that counts; it is read out by its view. */
  #renderMapLine(heatmap: Heatmap, nowMs: number): void {
    const status = heatmap.status(nowMs);
    const words = heatWords(status, this.#times, heatmap.clock.nowSec(nowMs));
    this.#header.render(status.kind, words, heatmap.demo);
  }

  /** On screen, and read out with the price. */
  #renderLine(state: Dashboard, status: LineStatus, nowMs: number): void {
    const words = lineWords(status, this.#times);
    this.#header.render(status.kind, words, state.demo);
    this.#announcer.line(words.spoken, nowMs);
    const priceUsd = state.price?.priceUsd ?? null;
    if (priceUsd === null || !vouchesForPrice(status)) return;
    const demo = state.demo ? 'Demo price' : 'Price';
    this.#announcer.price(priceUsd, `${demo} ${this.#numbers.price(priceUsd)}`, nowMs);
  }
}
