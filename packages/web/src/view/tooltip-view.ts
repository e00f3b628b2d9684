import { markPlace } from '../drawing/mark-layer.ts';
import type { Mark, Scene } from '../drawing/scene.ts';
import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import { element, setData, setHidden, setText } from './dom.ts';
import { placeBeside } from './place-beside.ts';

/** What is known of what is marked, beside it. Read out only when the keyboard chose it. */
export class TooltipView {
  readonly #box = element('tooltip', HTMLElement);
  readonly #price = element('tooltip-price', HTMLElement);
  readonly #time = element('tooltip-time', HTMLElement);
  readonly #amount = element('tooltip-amount', HTMLElement);
  readonly #numbers: NumberFormats;
  readonly #times: TimeFormats;

  constructor(numbers: NumberFormats, times: TimeFormats) {
    this.#numbers = numbers;
    this.#times = times;
  }

  render(scene: Scene, mark: Mark | null, readOut: boolean): void {
    this.#box.setAttribute('aria-live', readOut ? 'polite' : 'off');
    const place = mark && markPlace(scene, mark);
    setHidden(this.#box, place === null);
    if (!mark || !place) return;
    this.#write(scene, mark);
    placeBeside(this.#box, scene, { leftPx: place.x, rightPx: place.x, middleYPx: place.y });
  }

  #write(scene: Scene, mark: Mark): void {
    const { points, history } = scene.panels[mark.panel === 'confirmed' ? 0 : 1];
    const columns = mark.kind === 'point' ? points : history;
    const time = this.#times.secondHere(columns.timeSec(mark.index));
    setData(this.#box, 'panel', mark.panel);
    setText(this.#price, this.#numbers.price(columns.priceUsd(mark.index)));
    setText(this.#time, `${ofWhat(mark)} ${time}`);
    setText(
      this.#amount,
      mark.kind === 'point'
        ? this.#amountText(points.amountBtc(mark.index))
        : this.#intervalText(history.lowUsd(mark.index), history.highUsd(mark.index)),
    );
  }

  #amountText(amountBtc: number): string {
    return Number.isNaN(amountBtc) ? '' : this.#numbers.btc(amountBtc);
  }

  #intervalText(lowUsd: number, highUsd: number): string {
    return `90% in ${this.#numbers.price(lowUsd)} – ${this.#numbers.price(highUsd)}`;
  }
}

function ofWhat({ kind, panel }: Mark): string {
  if (panel === 'confirmed') return kind === 'line' ? 'price since block of' : 'block of';
  return kind === 'line' ? 'price of' : 'seen';
}
