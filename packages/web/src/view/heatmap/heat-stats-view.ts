import { duration } from '../../format/duration.ts';
import type { NumberFormats } from '../../format/numbers.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import { type Level, largestLevel } from '../../model/heatmap/levels.ts';
import type { HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import { element, setData, setText } from '../dom.ts';

const NOTHING = '–';

/** The row of figures below the map. Greyed when they are not those of now. */
export class HeatStatsView {
  readonly #row = element('heat-stats', HTMLElement);
  readonly #price = element('heat-price', HTMLElement);
  readonly #priceWord = element('heat-price-word', HTMLElement);
  readonly #longs = element('heat-longs', HTMLElement);
  readonly #longsShare = element('heat-longs-share', HTMLElement);
  readonly #shorts = element('heat-shorts', HTMLElement);
  readonly #shortsShare = element('heat-shorts-share', HTMLElement);
  readonly #topLong = element('heat-top-long', HTMLElement);
  readonly #topLongUsd = element('heat-top-long-usd', HTMLElement);
  readonly #topShort = element('heat-top-short', HTMLElement);
  readonly #topShortUsd = element('heat-top-short-usd', HTMLElement);
  readonly #ageLabel = element('heat-age-label', HTMLElement);
  readonly #ageWord = element('heat-age-word', HTMLElement);
  readonly #age = element('heat-age', HTMLElement);
  readonly #numbers: NumberFormats;

  constructor(numbers: NumberFormats) {
    this.#numbers = numbers;
  }

  /** @param awaited whether a first map may be on its way */
  render(state: Heatmap, live: boolean, awaited: boolean, nowSec: number): void {
    const { snapshot } = state;
    const old = snapshot !== null && !live;
    setData(
      this.#row,
      'fresh',
      snapshot === null && awaited ? 'waiting' : String(live && snapshot !== null),
    );
    const ageSec = snapshot && nowSec - snapshot.timeSec;
    setText(this.#ageLabel, old ? 'Newest data' : 'Changed');
    setText(this.#priceWord, old ? 'of the perpetual, then' : 'of the perpetual');
    setText(this.#age, ageSec === null ? NOTHING : duration(ageSec));
    setText(this.#ageWord, ageSec === null ? '' : 'ago');
    setText(this.#price, snapshot ? this.#priceOf(snapshot, snapshot.currentPriceUsd) : NOTHING);
    this.#renderTotals(state.lacksOpenInterest ? null : snapshot);
    this.#renderLargest(snapshot, 'longUsd', this.#topLong, this.#topLongUsd);
    this.#renderLargest(snapshot, 'shortUsd', this.#topShort, this.#topShortUsd);
  }

  #renderTotals(snapshot: HeatSnapshot | null): void {
    const longUsd = snapshot?.totalLongUsd ?? 0;
    const shortUsd = snapshot?.totalShortUsd ?? 0;
    const share = (usd: number): string =>
      longUsd + shortUsd > 0 ? `${this.#numbers.percent(usd / (longUsd + shortUsd))} of both` : '';
    setText(this.#longs, snapshot ? this.#numbers.shortUsd(longUsd) : NOTHING);
    setText(this.#longsShare, share(longUsd));
    setText(this.#shorts, snapshot ? this.#numbers.shortUsd(shortUsd) : NOTHING);
    setText(this.#shortsShare, share(shortUsd));
  }

  #renderLargest(
    snapshot: HeatSnapshot | null,
    side: 'longUsd' | 'shortUsd',
    price: HTMLElement,
    volume: HTMLElement,
  ): void {
    const level = snapshot && largestLevel(snapshot.levels, side);
    setText(price, level ? this.#priceOf(snapshot, level.priceUsd) : NOTHING);
    setText(volume, level ? this.#distance(snapshot, level, level[side]) : '');
  }

  #distance({ currentPriceUsd }: HeatSnapshot, { priceUsd }: Level, usd: number): string {
    const away = this.#numbers.signedPercent(priceUsd / currentPriceUsd - 1);
    return `${this.#numbers.shortUsd(usd)} at ${away}`;
  }

  #priceOf({ bucketUsd }: HeatSnapshot, priceUsd: number): string {
    return this.#numbers.stepPrice(priceUsd, bucketUsd);
  }
}
