/** Looks at the page's heatmap, and says what its stand-in has. */
import type { Page } from 'playwright-core';
import { framesLater } from './browser.ts';
import { isoTime, MARKETS, MadeMarket } from './made-market.ts';
import type { StandInOptions } from './stand-in.ts';
import type { RestAnswer } from './stand-in-heatmap.ts';

/** Waits until the line of the map is in the state; its name is that of `HeatStatus`. */
export async function mapLineIs(page: Page, kind: string): Promise<void> {
  await page.waitForSelector(`#heat-line[data-kind="${kind}"]`);
}

/** Waits until the map is drawn and its axis has come to rest. @param kind state of its line */
export async function mapIsThere(page: Page, kind = 'live'): Promise<void> {
  await page.waitForSelector('#heatmap[data-map="there"]');
  await mapLineIs(page, kind);
  await framesLater(page, 3);
}

/**
 * A market of which the data ends some time ago: the made-up one, moved into the past. The
 * stand-in answers with its history, and a test says its map.
 */
export class PastMarket {
  readonly #made: MadeMarket;
  readonly #agoSec: number;
  readonly #venue: string;
  readonly #withLevels: boolean;

  /** @param daysAgo whole days, so that candles and columns stay where they may be */
  constructor(daysAgo: number, venue: string, withLevels = true) {
    this.#made = new MadeMarket(MARKETS[0]!);
    this.#agoSec = daysAgo * 86_400;
    this.#venue = venue;
    this.#withLevels = withLevels;
  }

  get untilSec(): number {
    return this.#made.candles.at(-1)!.time + 300 - this.#agoSec;
  }

  /** Options of the stand-in: it has no map of its own. */
  get options(): StandInOptions {
    return { heatmap: { snapshots: false, rest: (url) => this.#rest(url) } };
  }

  snapshot(): unknown {
    const message = this.#made.snapshot(1);
    const gap = {
      what: 'open_interest',
      from: isoTime(this.untilSec - 86_400 * 9),
      to: isoTime(this.untilSec),
    } as const;
    const none = { levels: [], total_long: 0, total_short: 0, gaps: [gap] };
    const data = this.#withLevels ? message.data : { ...message.data, ...none };
    return { ...message, timestamp: isoTime(this.untilSec), data };
  }

  #rest({ pathname, searchParams }: URL): RestAnswer {
    if (pathname === '/api/v1/symbols') return { status: 200, body: this.#symbols() };
    const interval = searchParams.get('interval')!;
    const at = (name: string): number => Date.parse(searchParams.get(name)!) / 1000 + this.#agoSec;
    if (pathname.startsWith('/api/v1/klines/')) {
      const { klines, ...body } = this.#made.klines(interval, at('from'), at('to'));
      const moved = klines.map((kline) => ({ ...kline, time: kline.time - this.#agoSec }));
      return { status: 200, body: { ...body, klines: moved } };
    }
    const { data, meta } = this.#made.timeSeries(interval, at('start_time'), at('end_time'));
    const moved = data.map(({ timestamp, levels }) => ({
      timestamp: isoTime(Date.parse(timestamp) / 1000 - this.#agoSec),
      levels: this.#withLevels ? levels : [],
    }));
    return { status: 200, body: { data: moved, meta } };
  }

  #symbols(): unknown {
    const { symbol, bucketUsd } = this.#made.traits;
    const market = { symbol, venues: [this.#venue], interval: '5m', bucket_size: bucketUsd };
    return { symbols: [market] };
  }
}

export interface Hues {
  readonly blue: number;
  readonly orange: number;
}

/** How many pixels of the map have the hue, above and below the middle of its height. */
export function mapHues(page: Page): Promise<{ above: Hues; below: Hues }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#heat-base')!;
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      const place = (i / 4 / width) * 2 < height ? 0 : 2;
      const [red, , blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
      if (blue > red + 30) counts[place]! += 1;
      if (red > blue + 30) counts[place + 1]! += 1;
    }
    const [blueAbove, orangeAbove, blueBelow, orangeBelow] = counts as [
      number,
      number,
      number,
      number,
    ];
    return {
      above: { blue: blueAbove, orange: orangeAbove },
      below: { blue: blueBelow, orange: orangeBelow },
    };
  });
}
