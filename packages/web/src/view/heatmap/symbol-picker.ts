import type { Market } from '../../wire/heatmap/heatmap-incoming.ts';
import { element, setHidden, setText } from '../dom.ts';
import { findMarkets } from './market-search.ts';

/**
 * The choice of the market: a text field that searches a list below it, after the combobox pattern
 * of the ARIA Authoring Practices (list autocomplete with manual selection).
 */
export class SymbolPicker {
  readonly #input = element('heat-symbol', HTMLInputElement);
  readonly #list = element('heat-symbols', HTMLElement);
  readonly #none = element('heat-symbols-none', HTMLElement);
  readonly #pick: (symbol: string) => void;
  #markets: readonly Market[] = [];
  #shown = '';
  #found: readonly Market[] = [];
  #active = -1;

  constructor(pick: (symbol: string) => void) {
    this.#pick = pick;
    this.#input.addEventListener('focus', () => this.#input.select());
    this.#input.addEventListener('click', () => this.#open(''));
    this.#input.addEventListener('input', () => this.#open(this.#input.value));
    this.#input.addEventListener('blur', () => this.#close());
    this.#input.addEventListener('keydown', (event) => {
      if (this.#key(event.key)) event.preventDefault();
    });
    // Before the field loses the focus, which would close the list under the finger.
    this.#list.addEventListener('pointerdown', (event) => event.preventDefault());
    this.#list.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest('[role="option"]') : null;
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  /** @param symbol the market on show, or what was asked for */
  render(markets: readonly Market[], symbol: string): void {
    if (markets !== this.#markets) {
      this.#markets = markets;
      this.#input.disabled = markets.length === 0;
      this.#close();
    }
    if (symbol === this.#shown) return;
    this.#shown = symbol;
    if (!this.#isOpen) this.#input.value = symbol;
  }

  get #isOpen(): boolean {
    return this.#input.getAttribute('aria-expanded') === 'true';
  }

  #key(key: string): boolean {
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (!this.#isOpen) this.#open('');
      else if (key === 'ArrowDown') this.#activate(this.#active + 1);
      else this.#activate(Math.max(this.#active, 0) - 1);
      return true;
    }
    if (!this.#isOpen) return false;
    if (key === 'Enter') this.#choose(Math.max(0, this.#active));
    else if (key === 'Escape') this.#close();
    else return false;
    return true;
  }

  #open(search: string): void {
    this.#found = findMarkets(this.#markets, search);
    this.#list.replaceChildren(...this.#found.map((market, i) => this.#option(market, i)));
    setHidden(this.#list, this.#found.length === 0);
    setHidden(this.#none, this.#found.length > 0);
    this.#input.setAttribute('aria-expanded', 'true');
    const shown = this.#found.findIndex(({ symbol }) => symbol === this.#shown);
    this.#activate(shown === -1 ? null : shown);
  }

  #option({ symbol, venues }: Market, i: number): HTMLElement {
    const option = document.createElement('li');
    option.id = `heat-symbol-${i}`;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    const venue = document.createElement('span');
    venue.className = 'aside';
    setText(venue, venues.join(', '));
    option.append(symbol, ' ', venue);
    return option;
  }

  /** Goes round at both ends; null marks none. */
  #activate(wanted: number | null): void {
    const count = this.#found.length;
    this.#active = count === 0 || wanted === null ? -1 : (wanted + count) % count;
    for (const [i, option] of [...this.#list.children].entries()) {
      option.setAttribute('aria-selected', String(i === this.#active));
      if (i === this.#active) option.scrollIntoView({ block: 'nearest' });
    }
    if (this.#active === -1) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', `heat-symbol-${this.#active}`);
  }

  #choose(index: number): void {
    const market = this.#found[index];
    if (!market) return;
    this.#shown = market.symbol;
    this.#close();
    this.#pick(market.symbol);
  }

  #close(): void {
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
    setHidden(this.#list, true);
    setHidden(this.#none, true);
    this.#input.value = this.#shown;
  }
}
