/**
 * What a value is told by in a history. What the server published and what the SDK made of it are
 * put into the same terms here, and not by the SDK's own code.
 */
import { crc32 } from 'node:zlib';
import type {
  ConfirmedUpdate,
  HeatmapMessage,
  HistogramMessage,
  PriceOnly,
} from '@tidegauge/protocol';
import type * as sdk from '../../packages/client/src/api.ts';

/** What of the messages and updates is not compared point by point. */
export type WholeMessage = PriceOnly | HistogramMessage | ConfirmedUpdate | HeatmapMessage;
export type WholeUpdate =
  | sdk.PriceUpdate
  | sdk.HistogramUpdate
  | sdk.ConfirmedUpdate
  | sdk.HeatmapUpdate;

export function digestOfMessage(message: WholeMessage): string {
  switch (message.type) {
    case 'price_update': {
      const { timestamp, price, low, high, confidence, status, sample_size } = message.data;
      return digest([msOf(timestamp), price, low, high, confidence, status, sample_size]);
    }
    case 'histogram':
      return digest([message.data.bins, message.data.counts]);
    case 'confirmed_update': {
      const { price, low, high, confidence, block_height, block_time, points, btc } = message.data;
      const all = points.map(([timeSec, priceUsd], i) => {
        return { timeMs: msOf(timeSec), priceUsd, amountBtc: btc?.[i] ?? null };
      });
      const place = [block_height, msOf(block_time), digestOfPoints(all)];
      return digest([price, low, high, confidence, ...place]);
    }
    case 'snapshot': {
      const { data, symbol, timestamp } = message;
      const levels = data.levels.map((each) => {
        return [each.price, each.long_density, each.short_density];
      });
      const gaps = data.gaps.map(({ what, from, to }) => [what, Date.parse(from), Date.parse(to)]);
      const totals = [data.total_long, data.total_short];
      const positions = [data.positions_created, data.positions_consumed];
      const place = [symbol, Date.parse(timestamp), data.current_price, data.bucket_size];
      return digest([...place, levels, ...totals, ...positions, gaps]);
    }
  }
}

export function digestOfUpdate(update: WholeUpdate): string {
  if ('counts' in update) return digest([update.binsBtc, update.counts]);
  if ('levels' in update) {
    const levels = update.levels.map((each) => [each.priceUsd, each.longUsd, each.shortUsd]);
    const gaps = update.gaps.map(({ what, fromMs, toMs }) => [what, fromMs, toMs]);
    const totals = [update.totalLongUsd, update.totalShortUsd];
    const positions = [update.positionsCreated, update.positionsConsumed];
    const place = [update.symbol, update.asOfMs, update.currentPriceUsd, update.bucketUsd];
    return digest([...place, levels, ...totals, ...positions, gaps]);
  }
  const { priceUsd, lowUsd, highUsd, confidence } = update;
  if ('points' in update) {
    const { blockHeight, blockTimeMs, points } = update;
    const place = [blockHeight, Math.round(blockTimeMs), digestOfPoints(points)];
    return digest([priceUsd, lowUsd, highUsd, confidence, ...place]);
  }
  const { asOfMs, status, sampleSize } = update;
  return digest([Math.round(asOfMs), priceUsd, lowUsd, highUsd, confidence, status, sampleSize]);
}

/** Fast: windows of 10,000 points are told apart with each update of each client. */
export function digestOfPoints(points: readonly sdk.PricePoint[]): string {
  const numbers = new Float64Array(points.length * 3);
  points.forEach(({ timeMs, priceUsd, amountBtc }, i) => {
    numbers[3 * i] = Math.round(timeMs);
    numbers[3 * i + 1] = priceUsd;
    numbers[3 * i + 2] = amountBtc ?? Number.NaN;
  });
  return `${points.length} points ${crc32(Buffer.from(numbers.buffer)).toString(36)}`;
}

function digest(values: readonly unknown[]): string {
  return crc32(JSON.stringify(values)).toString(36);
}

function msOf(timeSec: number): number {
  return Math.round(timeSec * 1000);
}
