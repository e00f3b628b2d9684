/** What is written on a picture of the price. */
import {
  type PictureContent,
  type PictureHeading,
  type PictureLine,
  text,
} from '../../drawing/picture/picture-content.ts';
import type { Scene } from '../../drawing/scene.ts';
import type { NumberFormats } from '../../format/numbers.ts';
import type { TimeFormats } from '../../format/times.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import { type LineStatus, vouchesForPrice } from '../../model/line-status.ts';
import { lineWords } from '../line-words.ts';
import { panelCounts } from '../panel-notes-view.ts';
import { priceNote } from '../price-note.ts';
import { isUnsure } from '../price-view.ts';
import { demoBadge, footGroup, pictureMoment, pictureName, stateGroup } from './picture-words.ts';

const TITLE = 'BTC/USD read from Bitcoin’s own chain';
const TITLE_DEMO = 'BTC/USD as made-up transactions have it';

export interface PictureFormats {
  readonly numbers: NumberFormats;
  readonly times: TimeFormats;
  readonly version: string;
}

/** @param nowSec by the server's clock */
export function pricePicture(
  state: Dashboard,
  status: LineStatus,
  scene: Pick<Scene, 'panels'>,
  nowSec: number,
  formats: PictureFormats,
): { readonly name: string; readonly content: PictureContent } {
  const { demo } = state;
  const { numbers, times, version } = formats;
  const content: PictureContent = {
    demo,
    head: [
      [[text('title', 'text', demo ? TITLE_DEMO : TITLE)], demoBadge(demo)],
      figures(state, status, numbers),
      [
        [text('label', 'text', pictureMoment(nowSec))],
        stateGroup(status.kind, lineWords(status, times)),
        [text('label', 'muted', priceNote(state, status, numbers, times))],
      ],
    ],
    headings: headings(panelCounts(state, nowSec, numbers), scene),
    foot: [[footGroup(version)]],
  };
  return { name: pictureName('btcusd', nowSec), content };
}

function figures(
  { price, confirmed }: Dashboard,
  status: LineStatus,
  numbers: NumberFormats,
): PictureLine {
  const { priceUsd = null, lowUsd = null, highUsd = null, confidence = 0 } = price ?? {};
  if (priceUsd === null || lowUsd === null || highUsd === null) {
    // The chart shows that of the blocks then.
    const known = confirmed?.priceUsd ?? null;
    if (known === null) return [];
    return [[text('price', 'idle', numbers.price(known)), text('label', 'muted', 'by the blocks')]];
  }
  const colour = vouchesForPrice(status) ? 'text' : 'idle';
  const unsure = isUnsure(confidence) ? [text('label', 'wait', 'low confidence')] : [];
  return [
    [text('price', colour, numbers.price(priceUsd))],
    [
      text('label', 'muted', '90% interval'),
      text('figure', colour, `${numbers.price(lowUsd)} – ${numbers.price(highUsd)}`),
      text('label', 'muted', numbers.halfWidth((highUsd - lowUsd) / 2 / priceUsd)),
    ],
    [
      text('label', 'muted', 'Confidence'),
      text('figure', colour, numbers.percent(confidence)),
      ...unsure,
    ],
  ];
}

function headings(
  [confirmedCount, mempoolCount]: readonly [string, string],
  { panels: [confirmed, mempool] }: Pick<Scene, 'panels'>,
): readonly PictureHeading[] {
  const over = (
    { timeScale: span, name }: Scene['panels'][0],
    words: string,
    count: string,
  ): PictureHeading => {
    const aside = count === '' ? [] : [text('label', 'muted', count)];
    return { span, line: [[text('heading', name, words), ...aside]] };
  };
  return [over(confirmed, 'Confirmed', confirmedCount), over(mempool, 'Mempool', mempoolCount)];
}
