import type { NumberFormats } from '../format/numbers.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { element, setHidden, setText } from './dom.ts';

/** The headings of the panels with their counts, and what stands in a panel without points. */
export class PanelNotesView {
  readonly #confirmedCount = element('confirmed-count', HTMLElement);
  readonly #mempoolCount = element('mempool-count', HTMLElement);
  readonly #confirmedNote = element('confirmed-note', HTMLElement);
  readonly #mempoolNote = element('mempool-note', HTMLElement);
  readonly #numbers: NumberFormats;

  constructor(numbers: NumberFormats) {
    this.#numbers = numbers;
  }

  render({ confirmedPoints, mempoolPoints }: Dashboard): void {
    setText(this.#confirmedCount, panelCount(confirmedPoints.length, this.#numbers));
    setText(this.#mempoolCount, panelCount(mempoolPoints.length, this.#numbers));
    setHidden(this.#confirmedNote, confirmedPoints.length > 0);
    setHidden(this.#mempoolNote, mempoolPoints.length > 0);
  }
}

/** How many points a panel has; empty where it has none. */
export function panelCount(points: number, numbers: NumberFormats): string {
  if (points === 0) return '';
  return points === 1 ? '1 point' : `${numbers.count(points)} points`;
}
