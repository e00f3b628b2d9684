import type { TimeFormats } from '../../format/times.ts';
import type { HeatStatus } from '../../model/heatmap/heat-status.ts';
import type { HeatChoice, Heatmap } from '../../model/heatmap/heatmap.ts';
import { isRangeName } from '../../model/heatmap/time-plan.ts';
import type { Market } from '../../wire/heatmap/heatmap-incoming.ts';
import { element, setData, setHidden, setText } from '../dom.ts';
import { heatWords, venueText } from './heat-words.ts';
import { SymbolPicker } from './symbol-picker.ts';

const NO_MARKETS: readonly Market[] = [];

/** Above the map: what is shown, from where, how far back, and the state of its line. */
export class HeatHeadView {
  readonly #venue = element('heat-venue', HTMLElement);
  readonly #demo = element('heat-demo', HTMLElement);
  readonly #line = element('heat-line', HTMLElement);
  readonly #text = element('heat-line-text', HTMLElement);
  readonly #ranges = element('heat-ranges', HTMLFieldSetElement);
  readonly #picker: SymbolPicker;
  readonly #times: TimeFormats;
  #choice: HeatChoice | null = null;

  /** @param choose called when a person chooses */
  constructor(times: TimeFormats, choose: (choice: HeatChoice) => void) {
    this.#times = times;
    this.#picker = new SymbolPicker((symbol) => {
      if (this.#choice) choose({ ...this.#choice, symbol });
    });
    // A click on the range that is chosen already goes back to it from where a person zoomed to.
    this.#ranges.addEventListener('click', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || !isRangeName(target.value)) return;
      if (this.#choice) choose({ ...this.#choice, range: target.value, zoom: null });
    });
  }

  render(state: Heatmap, status: HeatStatus, nowSec: number): void {
    const { market, markets, shownChoice: choice, demo } = state;
    this.#choice = choice;
    this.#picker.render(markets ?? NO_MARKETS, choice.symbol ?? '');
    setText(this.#venue, venueText(market?.venues ?? []));
    setHidden(this.#demo, !demo);
    const range = this.#ranges.querySelector<HTMLInputElement>(`[value="${choice.range}"]`);
    if (range && !range.checked) range.checked = true;
    const { tone, text } = heatWords(status, this.#times, nowSec);
    setData(this.#line, 'tone', tone);
    setData(this.#line, 'kind', status.kind);
    setText(this.#text, text);
  }
}
