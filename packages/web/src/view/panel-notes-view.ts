import type { NumberFormats } from '../format/numbers.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { countShown } from '../model/points-shown.ts';
import { panelWindows } from './compose-scene.ts';
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

  render(state: Dashboard, nowSec: number): void {
    const { confirmedPoints, mempoolPoints } = state;
    const [confirmed, mempool] = panelCounts(state, nowSec, this.#numbers);
    setText(this.#confirmedCount, confirmed);
    setText(this.#mempoolCount, mempool);
    setHidden(this.#confirmedNote, confirmedPoints.length > 0);
    setHidden(this.#mempoolNote, mempoolPoints.length > 0);
  }
}

/** How many points the panels show; empty where there are none. */
export function panelCounts(
  state: Dashboard,
  nowSec: number,
  numbers: NumberFormats,
): readonly [confirmed: string, mempool: string] {
  const [confirmed, mempool] = panelWindows(state, nowSec);
  return [
    countText(countShown(state.confirmedPoints, confirmed, nowSec), numbers),
    countText(countShown(state.mempoolPoints, mempool, nowSec), numbers),
  ];
}

function countText(points: number, numbers: NumberFormats): string {
  if (points === 0) return '';
  return points === 1 ? '1 point' : `${numbers.count(points)} points`;
}
