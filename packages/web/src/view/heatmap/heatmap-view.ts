import type { NumberFormats } from '../../format/numbers.ts';
import type { TimeFormats } from '../../format/times.ts';
import { vouchesForMap } from '../../model/heatmap/heat-status.ts';
import type { HeatChoice, Heatmap } from '../../model/heatmap/heatmap.ts';
import { columnsFor } from '../../model/heatmap/time-plan.ts';
import { isAwaited } from '../../model/line-status.ts';
import { LineAnnouncer } from '../announcer.ts';
import { element, setData, setText } from '../dom.ts';
import type { ChartPicture } from '../picture/chart-picture.ts';
import type { PictureFormats } from '../picture/price-picture.ts';
import { HeatChartView } from './heat-chart-view.ts';
import { HeatHeadView } from './heat-head-view.ts';
import { type HeatNoteActions, HeatNoteView } from './heat-note-view.ts';
import { heatPicture } from './heat-picture.ts';
import { HeatStatsView } from './heat-stats-view.ts';
import { bookWords, gapsText, heatNote, heatWords } from './heat-words.ts';

export interface HeatmapActions extends HeatNoteActions {
  choose(choice: HeatChoice): void;
  /** @param threshold 0 to 1: how much of the map is hidden as too faint */
  setThreshold(threshold: number): void;
  /** How many columns the map has room for. */
  setColumnsMax(columnsMax: number): void;
}

/** The liquidation heatmap, drawn from its one state. */
export class HeatmapView {
  readonly #section = element('heatmap', HTMLElement);
  readonly #gaps = element('heat-gaps', HTMLElement);
  readonly #bookName = element('heat-book-name', HTMLElement);
  readonly #bookAside = element('heat-book-aside', HTMLElement);
  readonly #head: HeatHeadView;
  readonly #note: HeatNoteView;
  readonly #chart: HeatChartView;
  readonly #stats: HeatStatsView;
  readonly #times: TimeFormats;
  readonly #announcer = new LineAnnouncer((text) =>
    setText(element('say-heatmap', HTMLElement), `Heatmap: ${text}`),
  );

  constructor(
    numbers: NumberFormats,
    times: TimeFormats,
    actions: HeatmapActions,
    invalidate: () => void,
  ) {
    this.#times = times;
    this.#head = new HeatHeadView(times, (choice) => actions.choose(choice));
    this.#note = new HeatNoteView(actions);
    this.#chart = new HeatChartView(numbers, times, {
      invalidate,
      widthChanged: (widthCssPx) => actions.setColumnsMax(columnsFor(widthCssPx)),
      thresholdChanged: (threshold) => actions.setThreshold(threshold),
      choose: (choice) => actions.choose(choice),
    });
    this.#stats = new HeatStatsView(numbers);
  }

  /** @returns whether something is still moving by itself */
  render(state: Heatmap, nowMs: number, frameMs: number): 'done' | 'moving' {
    const status = state.status(nowMs);
    const live = vouchesForMap(status);
    const nowSec = state.clock.nowSec(nowMs);
    const note = heatNote(state, status, nowMs, this.#times);
    const without = note?.kind === 'waiting' ? 'waiting' : 'none';
    setData(this.#section, 'map', state.beginsSec(nowMs) === null ? without : 'there');
    this.#head.render(state, status, nowSec);
    this.#note.render(note, state.choice);
    this.#stats.render(state, live, isAwaited(status), nowSec);
    this.#renderTimes(state, live, nowSec);
    this.#announcer.line(heatWords(status, this.#times, nowSec).spoken, nowMs);
    return this.#chart.render(state, nowMs, frameMs, live);
  }

  get isBlank(): boolean {
    return this.#chart.isBlank;
  }

  /** What is shown, as a picture; null where there is nothing. */
  picture(state: Heatmap, nowMs: number, formats: PictureFormats): ChartPicture | null {
    const status = state.status(nowMs);
    const drawn = this.#chart.picture(state, nowMs, vouchesForMap(status));
    if (!drawn) return null;
    const nowSec = state.clock.nowSec(nowMs);
    return { ...drawn, ...heatPicture(state, status, drawn.scene, nowSec, formats) };
  }

  #renderTimes({ snapshot }: Heatmap, live: boolean, nowSec: number): void {
    const momentText = (timeSec: number): string => this.#times.dayAndMinute(timeSec, nowSec);
    const { name, aside } = bookWords(snapshot, live, momentText);
    setText(this.#bookName, name);
    setText(this.#bookAside, aside);
    setText(this.#gaps, gapsText(snapshot?.gaps ?? [], momentText));
  }
}
