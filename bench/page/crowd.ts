/** What a server says whose window is full of points, all of them in view. */
import {
  blocks,
  confirmed,
  hello,
  nowSec,
  price,
  seeded,
  transactions,
} from '../../test/e2e/samples.ts';

export const MIDDLE_USD = 87_412;
const WINDOW_SEC = 10_700;
/** The axis shows at least 2 % to each side of the price. */
const SPREAD = 0.009;

/** A greeting with half of the points in each panel. */
export function crowdGreeting(points: number): readonly unknown[] {
  const half = points / 2;
  return [
    hello(),
    price({ price: MIDDLE_USD }),
    transactions(7, mempoolPoints(half), 'e1'),
    crowdBlocks(half),
  ];
}

/** What the blocks of the window say. */
export function crowdBlocks(points: number): unknown {
  const prices = pricesNear(points, 6);
  return confirmed(blocks(points, 5).map(([timeSec], i) => [timeSec, prices[i]!] as const));
}

function mempoolPoints(count: number): readonly (readonly [number, number])[] {
  const toSec = nowSec();
  return pricesNear(count, 3).map((priceUsd, i) => {
    return [toSec - (1 - (i + 1) / count) * WINDOW_SEC, priceUsd] as const;
  });
}

function pricesNear(count: number, seed: number): readonly number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => {
    return MIDDLE_USD * (1 + (random() + random() - 1) * 2 * SPREAD);
  });
}

let streamSeq = 7;

/** What follows twice a second: the price a little elsewhere, and one new point. */
export function nextHalfSecond(timeSec: number): readonly unknown[] {
  const at = MIDDLE_USD + 40 * Math.sin(timeSec);
  streamSeq += 1;
  return [
    price({ price: at, low: at - 190, high: at + 190, timestamp: timeSec }),
    transactions(streamSeq, [[timeSec, at, 0.01]]),
  ];
}
