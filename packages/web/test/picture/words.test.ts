import { describe, expect, it } from 'vitest';
import type {
  PictureContent,
  PictureItem,
  PictureText,
} from '../../src/drawing/picture/picture-content.ts';
import type { Scene } from '../../src/drawing/scene.ts';
import { numberFormats } from '../../src/format/numbers.ts';
import { timeFormats } from '../../src/format/times.ts';
import { Dashboard } from '../../src/model/dashboard.ts';
import type { LineStatus } from '../../src/model/line-status.ts';
import { pictureName } from '../../src/view/picture/picture-words.ts';
import { pricePicture } from '../../src/view/picture/price-picture.ts';
import { confirmedUpdate, priceUpdate, TIME_MS, TIME_SEC, WARMING_UP } from '../updates.ts';

const FORMATS = { numbers: numberFormats('en-US'), times: timeFormats('en-US'), version: '1.2.3' };
const LIVE: LineStatus = { kind: 'live' };
const SCENE = {
  panels: [
    { name: 'confirmed', timeScale: { leftPx: 0, widthPx: 100 } },
    { name: 'mempool', timeScale: { leftPx: 108, widthPx: 100 } },
  ],
} as unknown as Scene;

const isText = (item: PictureItem): item is PictureText => item.kind === 'text';

function textsOf({ head, headings, foot }: PictureContent): readonly PictureText[] {
  return [...head, ...headings.map(({ line }) => line), ...foot].flat(2).filter(isText);
}

function picture(state: Dashboard, status: LineStatus = LIVE): readonly PictureText[] {
  return textsOf(pricePicture(state, status, SCENE, TIME_SEC, FORMATS).content);
}

const words = (texts: readonly PictureText[]): string => texts.map((each) => each.text).join(' | ');

describe('words on a picture of the price', () => {
  it('say what it is, the price with its interval and confidence, and when that was', () => {
    const state = new Dashboard();
    state.takePrice(priceUpdate(), TIME_MS);
    expect(words(picture(state))).toBe(
      'BTC/USD read from Bitcoin’s own chain | $100,000 | 90% interval | $99,000 – $101,000 | ' +
        '±1.00% | Confidence | 90% | 2026-01-05 10:00:05 UTC | ' +
        'From 4,309 amounts, as of 10:00:05 UTC | Confirmed | Mempool | Tidegauge 1.2.3',
    );
  });

  it('say that data is made up, in the title too', () => {
    const state = new Dashboard();
    state.takePrice(priceUpdate({ demo: true }), TIME_MS);
    const { content } = pricePicture(state, LIVE, SCENE, TIME_SEC, FORMATS);
    expect(content.demo).toBe(true);
    const texts = textsOf(content);
    expect(texts[0]!.text).toBe('BTC/USD as made-up transactions have it');
    expect(texts[1]).toEqual({ kind: 'text', look: 'badge', colour: 'demo', text: 'DEMO' });
  });

  it('say the state where it is not live, and grey a price that does not hold', () => {
    const state = new Dashboard();
    state.takePrice(priceUpdate({ confidence: 0.3 }), TIME_MS);
    const texts = picture(state, { kind: 'stale', sinceSec: TIME_SEC - 60 });
    expect(words(texts)).toContain('Source stale since 09:59:05 UTC | Not live: this price is of');
    expect(words(texts)).toContain('30% | low confidence');
    expect(texts.find(({ look }) => look === 'price')).toMatchObject({ colour: 'idle' });
    const disconnected = { kind: 'reconnecting', inSec: 4, lasting: true } as const;
    expect(words(picture(state, disconnected))).toContain('Disconnected, trying again in 4 s');
    expect(words(picture(state, { kind: 'polling' }))).toContain('polling');
  });

  it('take the price of the blocks while the other warms up', () => {
    const state = new Dashboard();
    state.takePrice(priceUpdate(WARMING_UP), TIME_MS);
    state.takeConfirmed(confirmedUpdate({ priceUsd: 99_500 }));
    const texts = words(picture(state, { kind: 'warming-up' }));
    expect(texts).toContain('$99,500 | by the blocks');
    expect(texts).toContain('Connected, warming up | Warming up: 4,309 amounts so far');
    expect(texts).not.toContain('90% interval');
  });
});

describe('the name of a picture', () => {
  it('has the moment in a form that every file system takes', () => {
    expect(pictureName('btcusd', TIME_SEC + 0.9)).toBe('tidegauge-btcusd-2026-01-05T100005Z.png');
  });
});
