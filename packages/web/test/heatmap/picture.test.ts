import { describe, expect, it } from 'vitest';
import type { HeatScene } from '../../src/drawing/heatmap/heat-scene.ts';
import type { PictureContent } from '../../src/drawing/picture/picture-content.ts';
import { numberFormats } from '../../src/format/numbers.ts';
import { timeFormats } from '../../src/format/times.ts';
import type { HeatStatus } from '../../src/model/heatmap/heat-status.ts';
import { Heatmap } from '../../src/model/heatmap/heatmap.ts';
import { heatPicture } from '../../src/view/heatmap/heat-picture.ts';
import { mapUpdate, TIME_SEC } from './samples.ts';

const FORMATS = { numbers: numberFormats('en-US'), times: timeFormats('en-US'), version: '1.2.3' };
const SCENE = {
  timeScale: { leftPx: 0, widthPx: 300, fromSec: TIME_SEC - 86_400, toSec: TIME_SEC },
  bookSpan: { leftPx: 308, widthPx: 100 },
  density: { fullUsd: 12.3e6, floorUsd: 0 },
  axisPrice: String,
} as unknown as HeatScene;

function heatmap(): Heatmap {
  const state = new Heatmap();
  const market = { symbol: 'BTCUSDT', venues: ['one', 'two'], intervalSec: 300, bucketUsd: 2 };
  state.takeMarkets({ markets: [market], demo: false });
  state.takeMap(mapUpdate());
  return state;
}

function words({ head, headings, foot }: PictureContent): string {
  return [...head, ...headings.map(({ line }) => line), ...foot]
    .flat(2)
    .map((item) => (item.kind === 'text' ? item.text : '[shades]'))
    .join(' | ');
}

const picture = (
  state: Heatmap,
  scene = SCENE,
  status: HeatStatus = { kind: 'live' },
): ReturnType<typeof heatPicture> => heatPicture(state, status, scene, TIME_SEC, FORMATS);

describe('words on a picture of the map', () => {
  it('say market, venues, range and volumes, what the shades mean, and that it is a model', () => {
    const { name, content } = picture(heatmap());
    expect(name).toBe('tidegauge-btcusdt-liquidations-1d-2026-01-05T100000Z.png');
    expect(words(content)).toBe(
      'Liquidation heatmap BTCUSDT | all venues: one, two | 100 | USD of the perpetual | Longs | $80 | Shorts | ' +
        '$90 | 2026-01-05 10:00:00 UTC | 1 d: Jan 4, 10:00 UTC to Jan 5, 10:00 UTC | Over time | ' +
        'longs below | shorts above | Now | and added up | 0 | [shades] | $12.3M and more | ' +
        'Everything shown | ' +
        'Levels are estimates: a model of candles and open interest, not orders. | Tidegauge 1.2.3',
    );
  });

  it('say from which volume on levels are shown', () => {
    const density = { fullUsd: 12.3e6, floorUsd: 1e6 };
    const scene = { ...SCENE, density } as unknown as HeatScene;
    expect(words(picture(heatmap(), scene).content)).toContain('Shown from $1M');
  });

  it('leave the range out of what was zoomed', () => {
    const state = heatmap();
    state.choice = { ...state.choice, zoom: { spanSec: 3600, endSec: null } };
    const { name, content } = picture(state);
    expect(name).toContain('-liquidations-zoom-');
    expect(words(content)).not.toContain('1 d:');
  });

  it('say that it is made up, stale, or of then', () => {
    const state = heatmap();
    state.demo = true;
    const stale = { kind: 'stale', sinceSec: TIME_SEC - 60 } as const;
    const { content } = picture(state, SCENE, stale);
    expect(content.demo).toBe(true);
    expect(words(content)).toContain('DEMO | made-up data');
    expect(words(content)).toContain('Market stale since 09:59:00 UTC');
    expect(words(content)).toContain('Then | Jan 5, 10:00 UTC, added up');
  });

  it('give a strange symbol a name that is a file’s', () => {
    const state = heatmap();
    const odd = { symbol: '../A B', venues: [], intervalSec: 300, bucketUsd: 2 };
    state.takeMarkets({ markets: [odd], demo: false });
    expect(picture(state).name).toContain('tidegauge--a-b-liquidations');
  });
});
