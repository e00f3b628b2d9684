import type { ViewName } from '../model/route.ts';
import { element, setData, setHidden } from './dom.ts';

/** Shows one of the two views, and marks its link. */
export class ViewSwitch {
  readonly #links: Readonly<Record<ViewName, HTMLAnchorElement>> = {
    price: element('link-price', HTMLAnchorElement),
    heatmap: element('link-heatmap', HTMLAnchorElement),
  };
  readonly #views: Readonly<Record<ViewName, HTMLElement>> = {
    price: element('price-view', HTMLElement),
    heatmap: element('heatmap', HTMLElement),
  };

  /** @param hashes where each link leads: to what was last chosen there */
  render(view: ViewName, hashes: Readonly<Record<ViewName, string>>): void {
    setData(document.documentElement, 'view', view);
    for (const name of ['price', 'heatmap'] as const) {
      setHidden(this.#views[name], name !== view);
      if (name === view) this.#links[name].setAttribute('aria-current', 'page');
      else this.#links[name].removeAttribute('aria-current');
      const link = this.#links[name];
      if (link.getAttribute('href') !== hashes[name]) link.setAttribute('href', hashes[name]);
    }
  }
}
