import type { ViewName } from '../model/route.ts';
import { element, setData } from './dom.ts';

/** Shows one of the two views, by the style sheet, and marks its link. */
export class ViewSwitch {
  readonly #links: Readonly<Record<ViewName, HTMLAnchorElement>> = {
    price: element('link-price', HTMLAnchorElement),
    heatmap: element('link-heatmap', HTMLAnchorElement),
  };

  /** @param hashes where each link leads: to what was last chosen there */
  render(view: ViewName, hashes: Readonly<Record<ViewName, string>>): void {
    setData(document.documentElement, 'view', view);
    for (const name of ['price', 'heatmap'] as const) {
      if (name === view) this.#links[name].setAttribute('aria-current', 'page');
      else this.#links[name].removeAttribute('aria-current');
      const link = this.#links[name];
      if (link.getAttribute('href') !== hashes[name]) link.setAttribute('href', hashes[name]);
    }
  }
}
