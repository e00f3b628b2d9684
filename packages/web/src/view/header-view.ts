import { element, setData, setHidden, setText } from './dom.ts';
import type { LineWords } from './line-words.ts';

/** State of the line and the mark of made-up data. */
export class HeaderView {
  readonly #line = element('line', HTMLElement);
  readonly #text = element('line-text', HTMLElement);
  readonly #demo = element('demo', HTMLElement);

  /** @param kind the name of the state */
  render(kind: string, { tone, text }: LineWords, demo: boolean): void {
    setData(this.#line, 'tone', tone);
    setData(this.#line, 'kind', kind);
    setText(this.#text, text);
    setHidden(this.#demo, !demo);
    setData(document.documentElement, 'demo', String(demo));
  }
}
