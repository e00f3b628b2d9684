import type { PriceUpdate } from '@tidegauge/client';
import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { isAwaited, type LineStatus, vouchesForPrice } from '../model/line-status.ts';
import { element, setData, setText } from './dom.ts';
import { priceNote } from './price-note.ts';

/** Under this the price is said to be uncertain. */
const CONFIDENCE_LOW = 0.5;
const LABEL = 'Bitcoin in US dollars, read from its own chain';
const LABEL_DEMO = 'Bitcoin in US dollars, from made-up transactions';
const NOTHING = '–';

/** What the price on screen is worth; the style sheet has a look for each. */
function hold(price: PriceUpdate | null, status: LineStatus): string {
  if (price === null) return isAwaited(status) ? 'waiting' : 'none';
  if (price.priceUsd === null) return 'none';
  return vouchesForPrice(status) ? 'live' : 'old';
}

/** The large price, its interval and its confidence. */
export class PriceView {
  readonly #hero = element('hero', HTMLElement);
  readonly #label = element('price-label', HTMLElement);
  readonly #price = element('price', HTMLElement);
  readonly #note = element('price-note', HTMLElement);
  readonly #interval = element('interval', HTMLElement);
  readonly #width = element('interval-width', HTMLElement);
  readonly #confidence = element('confidence', HTMLElement);
  readonly #word = element('confidence-word', HTMLElement);
  readonly #meter = element('confidence-meter', HTMLElement);
  readonly #fill = element('confidence-fill', HTMLElement);
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;

  constructor(numbers: NumberFormats, times: TimeFormats) {
    this.#numbers = numbers;
    this.#times = times;
  }

  render(state: Dashboard, status: LineStatus): void {
    const { price } = state;
    const known = price !== null && price.priceUsd !== null;
    setData(this.#hero, 'price', hold(price, status));
    setText(this.#label, state.demo ? LABEL_DEMO : LABEL);
    setText(this.#note, priceNote(state, status, this.#numbers, this.#times));
    this.#renderPrice(price);
    this.#renderConfidence(known ? price.confidence : null);
  }

  #renderPrice(price: PriceUpdate | null): void {
    const { priceUsd = null, lowUsd = null, highUsd = null } = price ?? {};
    if (priceUsd === null || lowUsd === null || highUsd === null) {
      for (const node of [this.#price, this.#interval]) setText(node, NOTHING);
      setText(this.#width, '');
      return;
    }
    const { price: usd, halfWidth } = this.#numbers;
    setText(this.#price, usd(priceUsd));
    setText(this.#interval, `${usd(lowUsd)} – ${usd(highUsd)}`);
    setText(this.#width, halfWidth((highUsd - lowUsd) / 2 / priceUsd));
  }

  #renderConfidence(confidence: number | null): void {
    const low = confidence !== null && isUnsure(confidence);
    const text = confidence === null ? NOTHING : this.#numbers.percent(confidence);
    setText(this.#confidence, text);
    setText(this.#word, low ? 'low confidence' : '');
    setData(this.#meter, 'level', low ? 'low' : 'good');
    this.#meter.setAttribute('aria-valuenow', String(Math.round((confidence ?? 0) * 100)));
    this.#meter.setAttribute('aria-valuetext', low ? `${text}, low confidence` : text);
    this.#fill.style.transform = `scaleX(${(confidence ?? 0).toFixed(3)})`;
  }
}

export function isUnsure(confidence: number): boolean {
  return confidence < CONFIDENCE_LOW;
}
