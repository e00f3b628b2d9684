/** What the servers of the fan-out bench send. */
import {
  encodeHeatmap,
  encodeHeatmapData,
  encodePriceOnly,
  encodePriceUpdate,
  POINTS_PER_MESSAGE_MAX,
} from '@tidegauge/protocol';
import type { PayloadKind, Publishing } from './orders.ts';

/** One message and where it belongs. */
export interface Payload {
  readonly channel: string;
  readonly text: string;
}

/** Makes what is due at a moment; `seq` rises by one each time. */
export type MakePayloads = (seq: number, timeSec: number) => readonly Payload[];

/** The channels of messages that are sent at one moment, and the types that tell them apart. */
const SIZED = [
  ['price', 'price_update'],
  ['transactions', 'transactions'],
  ['histogram', 'histogram'],
  ['confirmed', 'confirmed_update'],
] as const;
const LEVELS = 330;
/** One level of twenty. */
const CHANGED_EACH = 20;
/** Points that a busy mempool adds in half a second. */
const NEW_POINTS = 5;

/** The channels that carry it: what clients have to subscribe to. */
export function channelsOf({ kind, atOnce }: Pick<Publishing, 'kind' | 'atOnce'>): string[] {
  if (kind === 'sized') return SIZED.slice(0, atOnce).map(([channel]) => channel);
  // A map fits any channel: its bytes are the same.
  return [kind === 'price' ? 'price' : 'full'];
}

export function payloadsOf({ kind, bytes, atOnce }: Publishing): MakePayloads {
  const makers: Readonly<Record<PayloadKind, () => MakePayloads>> = {
    sized: () => sizedPayloads(bytes, atOnce),
    price: () => (seq, timeSec) => [
      { channel: 'price', text: encodePriceOnly({ seq, demo: false }, timeSec, reading(seq)) },
    ],
    full: fullPayloads,
    heatmap: heatmapPayloads,
  };
  return makers[kind]();
}

/** Filling of that many bytes, with position and time as in a price update; as floor.c has it. */
function sizedPayloads(bytes: number, atOnce: number): MakePayloads {
  return (seq, timeSec) =>
    SIZED.slice(0, atOnce).map(([channel, type]) => {
      const head = `{"type":"${type}","seq":${seq},"timestamp":${timeSec.toFixed(3)},"data":"`;
      return { channel, text: `${head.padEnd(bytes - 2, 'x')}"}` };
    });
}

function reading(seq: number) {
  const priceUsd = 87_412.53 + (seq % 97) * 1.37;
  return {
    priceUsd,
    lowUsd: priceUsd - 202.11,
    highUsd: priceUsd + 191.87,
    confidence: 0.9 + (seq % 10) / 100,
    sampleSize: 4309 + (seq % 13),
    status: 'live' as const,
  };
}

/** A window of which a little goes and comes each time. */
function fullPayloads(): MakePayloads {
  const point = (index: number) => ({
    timeSec: 1_767_225_600 + index * 1.7,
    priceUsd: 87_000 + ((index * 7919) % 1000) * 0.97,
    amountSats: 11_443 + index * 97,
  });
  return (seq, timeSec) => {
    const first = seq * NEW_POINTS;
    const points = Array.from({ length: POINTS_PER_MESSAGE_MAX }, (_, i) => point(first + i));
    const stats = {
      received: 12_543 + seq,
      filtered: 8234,
      activeInWindow: 4309,
      uptimeSec: seq / 2,
    };
    const position = { seq, demo: false };
    const text = encodePriceUpdate(position, timeSec, reading(seq), points, stats);
    return [{ channel: 'full', text }];
  };
}

/** A map of 20 KB of which one level of twenty is another one each time. */
function heatmapPayloads(): MakePayloads {
  const levels = Array.from({ length: LEVELS }, (_, i) => {
    return { priceUsd: 80_000 + 100 * i, longUsd: i * 123_457, shortUsd: (LEVELS - i) * 9_871 };
  });
  return (seq, timeSec) => {
    for (let i = seq % CHANGED_EACH; i < LEVELS; i += CHANGED_EACH) {
      levels[i] = { ...levels[i]!, longUsd: levels[i]!.longUsd + 1_001 * (seq + i) };
    }
    const data = encodeHeatmapData({
      bucketUsd: 100,
      currentPriceUsd: reading(seq).priceUsd,
      levels,
      totalLongUsd: 1e9 + seq,
      totalShortUsd: 1e9,
      positionsCreated: 450 + seq,
      positionsConsumed: 120,
      gaps: [],
    });
    const position = { symbol: 'BTCUSDT', epoch: 'bench', seq, timeSec, demo: false };
    return [{ channel: 'full', text: encodeHeatmap(position, data) }];
  };
}
