import { duration } from '../format/duration.ts';
import type { NumberFormats } from '../format/numbers.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { element, setData, setText } from './dom.ts';
import { sourceWords } from './source-words.ts';

const NOTHING = '–';

/** The row of figures below the chart. Greyed where they are old: without a line, or when none came lately. */
export class StatsView {
  readonly #row = element('stats', HTMLElement);
  readonly #received = element('stat-received', HTMLElement);
  readonly #filtered = element('stat-filtered', HTMLElement);
  readonly #active = element('stat-active', HTMLElement);
  readonly #uptime = element('stat-uptime', HTMLElement);
  readonly #node = element('stat-node', HTMLElement);
  readonly #nodeDetail = element('stat-node-detail', HTMLElement);
  readonly #block = element('stat-block', HTMLElement);
  readonly #blockAge = element('stat-block-age', HTMLElement);
  readonly #numbers: NumberFormats;

  constructor(numbers: NumberFormats) {
    this.#numbers = numbers;
  }

  /** @param awaited whether a first answer may be on its way */
  render(state: Dashboard, awaited: boolean, nowMs: number): void {
    const { health } = state;
    const nowSec = state.clock.nowSec(nowMs);
    const fresh = health === null && awaited ? 'waiting' : String(state.isHealthFresh(nowMs));
    setData(this.#row, 'fresh', fresh);
    setText(this.#received, this.#count(health?.receivedTxs));
    setText(this.#filtered, this.#count(health?.filteredTxs));
    setText(this.#active, this.#count(health?.activeTxs));
    const uptimeSec = state.uptimeSec(nowMs);
    setText(this.#uptime, uptimeSec === null ? NOTHING : duration(uptimeSec));
    this.#renderNode(state, nowSec);
    this.#renderBlock(state, nowSec);
  }

  #renderNode({ health, demo }: Dashboard, nowSec: number): void {
    const { tone, text, detail } = sourceWords(health?.sources ?? [], demo, nowSec);
    setData(this.#node, 'tone', tone);
    setText(this.#node, text);
    setText(this.#nodeDetail, detail);
    this.#nodeDetail.title = detail;
  }

  #renderBlock({ block }: Dashboard, nowSec: number): void {
    const known = block !== null && block.height !== null;
    setText(this.#block, known ? this.#count(block.height) : NOTHING);
    setText(this.#blockAge, block ? `${duration(nowSec - block.timeSec)} ago` : '');
  }

  #count(count: number | null | undefined): string {
    return count === null || count === undefined ? NOTHING : this.#numbers.count(count);
  }
}
