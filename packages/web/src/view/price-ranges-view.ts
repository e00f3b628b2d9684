import { isPriceSpanName, type PriceChoice } from '../model/price-span.ts';
import { element, setHidden, setText } from './dom.ts';

/** How far back the chart of the price looks, and the way back from where a person zoomed to. */
export class PriceRangesView {
  readonly #spans = element('price-spans', HTMLFieldSetElement);
  readonly #back = element('price-back', HTMLButtonElement);

  /**
   * @param choose a span was chosen, maybe the one that is chosen already
   * @param back a person wants to see the span as it is
   */
  constructor(choose: (choice: PriceChoice) => void, back: () => void) {
    this.#spans.addEventListener('click', ({ target }) => {
      if (!(target instanceof HTMLInputElement) || !isPriceSpanName(target.value)) return;
      choose({ span: target.value, zoom: null });
    });
    this.#back.addEventListener('click', back);
  }

  /** @param isAxisByHand a person has set the prices */
  render({ span, zoom }: PriceChoice, isAxisByHand: boolean): void {
    const chosen = this.#spans.querySelector<HTMLInputElement>(`[value="${span}"]`);
    if (chosen && !chosen.checked) chosen.checked = true;
    setHidden(this.#back, zoom === null && !isAxisByHand);
    setText(this.#back, zoom !== null && zoom.endSec !== null ? 'Back to now' : 'Reset zoom');
  }
}
