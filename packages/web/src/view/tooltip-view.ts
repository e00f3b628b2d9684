import { markPlace } from '../drawing/mark-layer.ts';
import type { Mark, Scene } from '../drawing/scene.ts';
import type { NumberFormats } from '../format/numbers.ts';
import type { TimeFormats } from '../format/times.ts';
import { element, setData, setHidden, setText } from './dom.ts';
import { placeBeside } from './place-beside.ts';

/** What is known of the marked point, beside it. Read out only when the keyboard chose it. */
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
    setHidden(this.#box, mark === null);
    if (!mark) return;
    this.#write(scene, mark);
    this.#place(scene, mark);
  }

  #write(scene: Scene, mark: Mark): void {
    const { points } = scene.panels[mark.panel === 'confirmed' ? 0 : 1];
    const time = this.#times.secondHere(points.timeSec(mark.index));
    const amountBtc = points.amountBtc(mark.index);
    setData(this.#box, 'panel', mark.panel);
    setText(this.#price, this.#numbers.price(points.priceUsd(mark.index)));
    setText(this.#time, mark.panel === 'confirmed' ? `block of ${time}` : `seen ${time}`);
    setText(this.#amount, Number.isNaN(amountBtc) ? '' : this.#numbers.btc(amountBtc));
  }

  #place(scene: Scene, mark: Mark): void {
    const place = markPlace(scene, mark);
    if (!place) return;
    placeBeside(this.#box, scene, { leftPx: place.x, rightPx: place.x, middleYPx: place.y });
  }
}
