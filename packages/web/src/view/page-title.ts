import type { NumberFormats } from '../format/numbers.ts';
import type { Dashboard } from '../model/dashboard.ts';
import { type LineStatus, vouchesForPrice } from '../model/line-status.ts';

const NAME = 'Tidegauge';

/** The title of the tab: the price only while it is live, since nobody sees it turn grey there. */
export function pageTitle(state: Dashboard, status: LineStatus, numbers: NumberFormats): string {
  const priceUsd = state.price?.priceUsd ?? null;
  if (priceUsd === null || !vouchesForPrice(status)) return NAME;
  return `${state.demo ? 'DEMO ' : ''}${numbers.price(priceUsd)} · ${NAME}`;
}
