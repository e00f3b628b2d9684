import type { PricePoint } from '@tidegauge/onchain';
import {
  encodeConfirmed,
  encodePriceUpdate,
  encodeTransactions,
  POINTS_PER_MESSAGE_MAX,
} from '@tidegauge/protocol';
import { expect, test } from 'vitest';
import { CONFIG_TABLE } from '../src/config-table.ts';
import { WINDOW_POINTS_MAX } from '../src/hub/limits.ts';
import { CONFIRMED_POINTS_MAX } from '../src/pipelines/price-pipeline.ts';
import { LIVE } from './hub-fakes.ts';

/** Six digits before the point of a price, and amounts as long as they commonly are. */
function longPoints(count: number): PricePoint[] {
  return Array.from({ length: count }, (_, i) => ({
    timeSec: 1_767_225_600.3 + i,
    priceUsd: 123_456.78 + i / 100,
    amountSats: 123_456 + 7919 * i,
  }));
}

test('a client that joins and asks for everything at once is not closed for it', () => {
  const position = { seq: 1_000_000, demo: true };
  const stats = { received: 1e9, filtered: 1e9, activeInWindow: 1e6, uptimeSec: 1e7 };
  const view = { estimate: LIVE, blockHeight: 999_999, blockTimeSec: 1_767_225_600 };
  const points = longPoints(CONFIRMED_POINTS_MAX);
  const messages = [
    encodePriceUpdate(position, 1, LIVE, longPoints(POINTS_PER_MESSAGE_MAX), stats),
    encodeTransactions(position, longPoints(WINDOW_POINTS_MAX), 'abcdefgh'),
    encodeConfirmed(position, { ...view, points }),
  ];
  const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
  expect(bytes).toBeLessThan(0.95 * CONFIG_TABLE.wsMaxPendingBytes.min);
});
