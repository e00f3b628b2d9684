import type { TimeFormats } from '../format/times.ts';
import type { LineStatus } from '../model/line-status.ts';
import { element, setData, setHidden, setText } from './dom.ts';
import { lineWords } from './line-words.ts';

/** State of the line and the mark of made-up data. */
export class HeaderView {
  readonly #line = element('line', HTMLElement);
  readonly #text = element('line-text', HTMLElement);
  readonly #demo = element('demo', HTMLElement);
  readonly #times: TimeFormats;

  constructor(times: TimeFormats) {
    this.#times = times;
  }

  render(status: LineStatus, demo: boolean): void {
    const { tone, text } = lineWords(status, this.#times);
    setData(this.#line, 'tone', tone);
    setData(this.#line, 'kind', status.kind);
    setText(this.#text, text);
    setHidden(this.#demo, !demo);
    setData(document.documentElement, 'demo', String(demo));
  }
}
