import { element, setData, setHidden } from './dom.ts';

/**
 * What only a page within another has: the way to the whole one. That asks for keys, not this one:
 * whoever types a key has to see in the address bar whom it goes to.
 */
export class EmbedView {
  readonly #link = element('whole-page', HTMLAnchorElement);
  readonly #keyElsewhere = element('key-elsewhere', HTMLElement);

  /** @param hash what is chosen here, to be seen there */
  render(hash: string, needsKey: boolean): void {
    const address = `./${hash}`;
    if (this.#link.getAttribute('href') !== address) this.#link.setAttribute('href', address);
    setHidden(this.#keyElsewhere, !needsKey);
    setData(document.body, 'key', needsKey ? 'needed' : 'fine');
  }
}
