/** What is written on a picture of the map. */
import type { HeatScene } from '../../drawing/heatmap/heat-scene.ts';
import {
  type PictureContent,
  type PictureHeading,
  type PictureLine,
  text,
} from '../../drawing/picture/picture-content.ts';
import { type HeatStatus, vouchesForMap } from '../../model/heatmap/heat-status.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import type { RangeName } from '../../model/heatmap/time-plan.ts';
import {
  demoBadge,
  footGroup,
  pictureMoment,
  pictureName,
  stateGroup,
} from '../picture/picture-words.ts';
import type { PictureFormats } from '../picture/price-picture.ts';
import { bookWords, gapsText, heatWords, venueText } from './heat-words.ts';

const NOTE = 'Levels are estimates: a model of candles and open interest, not orders.';

/** @param nowSec by the server's clock */
export function heatPicture(
  state: Heatmap,
  status: HeatStatus,
  scene: HeatScene,
  nowSec: number,
  formats: PictureFormats,
): { readonly name: string; readonly content: PictureContent } {
  const { market, snapshot, choice, demo } = state;
  const { numbers, times, version } = formats;
  const momentText = (timeSec: number): string => times.dayAndMinute(timeSec, nowSec);
  const gaps = gapsText(snapshot?.gaps ?? [], momentText);
  const content: PictureContent = {
    demo,
    head: head(state, status, scene, nowSec, formats),
    headings: headings(state, status, scene, momentText),
    foot: [
      ...legend(scene, numbers.shortUsd),
      [[text('label', 'muted', NOTE)]],
      ...(gaps === '' ? [] : [[[text('label', 'wait', gaps)]]]),
      [footGroup(version)],
    ],
  };
  const part = choice.zoom ? 'zoom' : choice.range;
  const subject = `${market?.symbol ?? ''}-liquidations-${part}`.toLowerCase();
  return { name: pictureName(subject.replaceAll(/[^a-z0-9-]+/g, '-'), nowSec), content };
}

function head(
  state: Heatmap,
  status: HeatStatus,
  scene: HeatScene,
  nowSec: number,
  { numbers, times }: PictureFormats,
): readonly PictureLine[] {
  const { market, choice, demo } = state;
  const { fromSec, toSec } = scene.timeScale;
  const [from, to] = [fromSec, toSec].map((sec) => times.dayAndMinute(sec, nowSec));
  const range = choice.zoom ? '' : `${rangeWords(choice.range)}: `;
  return [
    [
      [
        text('title', 'text', `Liquidation heatmap ${market?.symbol ?? ''}`),
        text('label', 'muted', venueText(market?.venues ?? [])),
      ],
      demoBadge(demo),
    ],
    figures(state, status, scene, numbers.shortUsd),
    [
      [text('label', 'text', pictureMoment(nowSec))],
      stateGroup(status.kind, heatWords(status, times, nowSec)),
      [text('label', 'muted', `${range}${from} to ${to}`)],
    ],
  ];
}

/** As the button for it says. */
function rangeWords(range: RangeName): string {
  return range.replace(/(?<=\d)(?=[a-z])/, ' ');
}

function figures(
  { snapshot, lacksOpenInterest }: Heatmap,
  status: HeatStatus,
  { axisPrice }: HeatScene,
  shortUsd: (usd: number) => string,
): PictureLine {
  if (!snapshot) return [];
  const colour = vouchesForMap(status) ? 'text' : 'idle';
  const price = [
    text('figure', colour, axisPrice(snapshot.currentPriceUsd)),
    text('label', 'muted', 'USD of the perpetual'),
  ];
  if (lacksOpenInterest) return [price];
  return [
    price,
    [text('label', 'long', 'Longs'), text('figure', colour, shortUsd(snapshot.totalLongUsd))],
    [text('label', 'short', 'Shorts'), text('figure', colour, shortUsd(snapshot.totalShortUsd))],
  ];
}

function headings(
  { snapshot }: Heatmap,
  status: HeatStatus,
  { timeScale, bookSpan }: HeatScene,
  momentText: (timeSec: number) => string,
): readonly PictureHeading[] {
  const { name, aside } = bookWords(snapshot, vouchesForMap(status), momentText);
  const overMap = [
    [text('heading', 'text', 'Over time')],
    [text('label', 'long', 'longs below'), text('label', 'short', 'shorts above')],
  ];
  return [
    { span: timeScale, line: overMap },
    {
      span: bookSpan,

      line: [[text('heading', 'text', name)], [text('label', 'muted', aside)]],
    },
  ];
}

function legend({ density }: HeatScene, shortUsd: (usd: number) => string): readonly PictureLine[] {
  if (!density) return [];
  const { fullUsd, floorUsd } = density;
  return [
    [
      [
        text('label', 'muted', '0'),
        { kind: 'shades' },
        text('label', 'muted', `${shortUsd(fullUsd)} and more`),
      ],
      [text('label', 'muted', floorText(floorUsd, shortUsd))],
    ],
  ];
}

function floorText(floorUsd: number, shortUsd: (usd: number) => string): string {
  return floorUsd > 0 ? `Shown from ${shortUsd(floorUsd)}` : 'Everything shown';
}
