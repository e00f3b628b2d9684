import { markBox } from '../../drawing/heatmap/heat-mark-layer.ts';
import type { HeatMark, HeatPart, HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import type { NumberFormats } from '../../format/numbers.ts';
import { findByTime } from '../../model/heatmap/by-time.ts';
import { cumulativeTo } from '../../model/heatmap/cumulative.ts';
import { type Level, levelAt } from '../../model/heatmap/levels.ts';
import { element, setHidden, setText } from '../dom.ts';
import { placeBeside } from '../place-beside.ts';

/** What is known of the marked bucket, beside it. Read out only when the keyboard chose it. */
export class HeatTooltipView {
  readonly #box = element('heat-tooltip', HTMLElement);
  readonly #price = element('heat-tooltip-price', HTMLElement);
  readonly #time = element('heat-tooltip-time', HTMLElement);
  readonly #long = element('heat-tooltip-long', HTMLElement);
  readonly #short = element('heat-tooltip-short', HTMLElement);
  readonly #total = element('heat-tooltip-total', HTMLElement);
  readonly #candle = element('heat-tooltip-candle', HTMLElement);
  readonly #numbers: NumberFormats;

  constructor(numbers: NumberFormats) {
    this.#numbers = numbers;
  }

  render(scene: HeatScene, mark: HeatMark | null, readOut: boolean): void {
    this.#box.setAttribute('aria-live', readOut ? 'polite' : 'off');
    const box = mark && markBox(scene, mark);
    setHidden(this.#box, box === null);
    if (!mark || !box) return;
    this.#write(scene, mark);
    const { x: leftPx, y, widthPx, heightPx } = box;
    const marked = { leftPx, rightPx: leftPx + widthPx, middleYPx: y + heightPx / 2 };
    // The map of now stands at the right of the slot in progress, and is what is looked at.
    placeBeside(this.#box, scene, marked, isNow(mark) ? 'left' : 'right');
  }

  hide(): void {
    setHidden(this.#box, true);
  }

  #write(scene: HeatScene, mark: HeatMark): void {
    const { axisPrice } = scene;
    const { binUsd, intervalSec } = mark.part;
    if (binUsd === null) return;
    const endSec = (mark.slot + 1) * intervalSec;
    const now = isNow(mark);
    const level = markedLevel(scene, mark, endSec);
    const lowUsd = mark.bucket * binUsd;
    setText(this.#price, `${axisPrice(lowUsd)} – ${axisPrice(lowUsd + binUsd)}`);
    setText(this.#time, now ? scene.nowText : scene.momentText(endSec));
    const { shortUsd } = this.#numbers;
    setText(this.#long, level ? shortUsd(level.longUsd) : 'not known');
    setText(this.#short, level ? shortUsd(level.shortUsd) : 'not known');
    setText(this.#total, now ? totalText(scene, lowUsd + binUsd / 2) : '');
    setText(this.#candle, candleText(scene, mark.part, endSec - intervalSec));
  }
}

/** Whether it is the map of this moment that is marked. */
function isNow({ part, slot }: HeatMark): boolean {
  return slot === part.nowSlot;
}

function markedLevel(scene: HeatScene, mark: HeatMark, endSec: number): Level | null {
  const { columns, binUsd } = mark.part;
  if (binUsd === null) return null;
  const now = isNow(mark) ? scene.now : null;
  const levels = now ?? findByTime(columns, endSec)?.levels;
  return levels ? levelAt(levels, mark.bucket, binUsd) : null;
}

/** What stands between the price and here. */
function totalText({ book, current, shortUsd }: HeatScene, priceUsd: number): string {
  if (!book || !current) return '';
  return priceUsd < current.priceUsd
    ? `${shortUsd(cumulativeTo(book.longs, priceUsd))} of longs down to here`
    : `${shortUsd(cumulativeTo(book.shorts, priceUsd))} of shorts up to here`;
}

function candleText({ axisPrice }: HeatScene, { candles }: HeatPart, openedSec: number): string {
  const candle = findByTime(candles, openedSec);
  if (!candle) return '';
  const { open, high, low, close } = candle;
  const [o, h, l, c] = [open, high, low, close].map(axisPrice);
  // Held together by spaces that do not break, so that a narrow box breaks between them.
  return `O\u00a0${o}  H\u00a0${h}  L\u00a0${l}  C\u00a0${c}`;
}
