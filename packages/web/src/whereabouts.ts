/**
 * What a person looks at: the view, and what is chosen in each. It stands in the address, so that
 * it can be kept and sent to others, and is remembered for the next visit.
 */
import type { Cancel, Clock } from './clock.ts';
import type { KeptText } from './kept-text.ts';
import type { HeatChoice } from './model/heatmap/heatmap.ts';
import type { PriceChoice } from './model/price-span.ts';
import { heatmapHash, priceHash, readRoute, type ViewName } from './model/route.ts';
import { readSettings, settingsText } from './model/settings.ts';

export interface WhereaboutsPorts {
  readonly clock: Clock;
  /** Where settings are kept; null for a page within another, which leaves no trace. */
  readonly kept: KeptText | null;
  /** The part of the address behind the page's own, with its `#`. */
  readonly readHash: () => string;
  /** Puts another there without a new entry in the browser's history. */
  readonly replaceHash: (hash: string) => void;
}

/** Zooming changes the address many times a second, and browsers allow a few. */
const ADDRESS_REST_MS = 300;

export class Whereabouts {
  readonly #ports: WhereaboutsPorts;
  readonly #onlyView: ViewName | null;
  #view: ViewName;
  #price: PriceChoice;
  #heatmap: HeatChoice;
  #threshold: number;
  #addressTimer: Cancel | null = null;
  #addressIsOld = false;
  #keptText = '';

  /** @param onlyView the view that the page is limited to, if it is */
  constructor(ports: WhereaboutsPorts, onlyView: ViewName | null = null) {
    this.#ports = ports;
    this.#onlyView = onlyView;
    const settings = readSettings(ports.kept?.read() ?? null);
    this.#view = onlyView ?? settings.view;
    this.#price = { span: settings.priceSpan, zoom: null };
    this.#heatmap = { symbol: settings.symbol, range: settings.heatRange, zoom: null };
    this.#threshold = settings.threshold;
    this.followAddress();
  }

  get view(): ViewName {
    return this.#view;
  }

  get price(): PriceChoice {
    return this.#price;
  }

  get heatmap(): HeatChoice {
    return this.#heatmap;
  }

  /** 0 to 1: how much of the map is hidden as too faint. */
  get threshold(): number {
    return this.#threshold;
  }

  /** The address was changed by a link or by hand. What it does not say stays as it is. */
  followAddress(): void {
    this.#addressTimer?.();
    this.#addressTimer = null;
    const route = readRoute(this.#ports.readHash());
    if (route) {
      this.#view = this.#onlyView ?? route.view;
      if (route.price) this.#price = route.price;
      if (route.heatmap) this.#heatmap = route.heatmap;
      this.#keep();
    }
    // A link carries what is seen, whatever led to it.
    if (!route?.[this.#view]) this.#writeAddress();
  }

  choosePrice(choice: PriceChoice): void {
    this.#price = choice;
    this.#keep();
    this.#writeAddress();
  }

  chooseHeatmap(choice: HeatChoice): void {
    this.#heatmap = choice;
    this.#keep();
    this.#writeAddress();
  }

  chooseThreshold(threshold: number): void {
    this.#threshold = threshold;
    this.#keep();
  }

  #keep(): void {
    const { span: priceSpan } = this.#price;
    const { symbol, range: heatRange } = this.#heatmap;
    const view = this.#view;
    const threshold = this.#threshold;
    const text = settingsText({ view, priceSpan, symbol, heatRange, threshold });
    // A zoom is none of it, and storage is written while the page waits.
    if (text === this.#keptText) return;
    this.#keptText = text;
    this.#ports.kept?.write(text);
  }

  /** At once, and while more changes follow, now and then. */
  #writeAddress(): void {
    if (this.#addressTimer) {
      this.#addressIsOld = true;
      return;
    }
    const { view } = this;
    this.#ports.replaceHash(view === 'price' ? priceHash(this.price) : heatmapHash(this.heatmap));
    this.#addressIsOld = false;
    this.#addressTimer = this.#ports.clock.after(ADDRESS_REST_MS, () => {
      this.#addressTimer = null;
      if (this.#addressIsOld) this.#writeAddress();
    });
  }
}
