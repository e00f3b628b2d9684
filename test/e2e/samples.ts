/** Messages for the stand-in, shaped and sized as the real ones are. */
import type {
  ConfirmedUpdate,
  HealthBody,
  HelloMessage,
  PriceData,
  PriceOnly,
  TransactionsMessage,
  WarningMessage,
} from '@tidegauge/protocol';

export const nowSec = (): number => Date.now() / 1000;

/** Of price and confirmed: each message follows the one before, whatever server says it. */
let seq = 0;

export function hello(over: Partial<Record<keyof HelloMessage, unknown>> = {}): unknown {
  return {
    type: 'hello',
    protocol: 1,
    server: 'tidegauge/0.1.0',
    epoch: 'e1',
    time: nowSec(),
    demo: false,
    limits: {
      max_message_bytes: 4096,
      max_messages_per_10s: 100,
      max_pending_bytes: 1_048_576,
      update_interval_ms: 500,
      ping_interval_ms: 25_000,
      idle_timeout_ms: 60_000,
    },
    ...over,
  };
}

export function price(over: Partial<PriceData> = {}, demo = false): PriceOnly {
  const data: PriceData = {
    price: 87_412.5,
    confidence: 0.94,
    timestamp: nowSec(),
    sample_size: 4309,
    low: 87_210.1,
    high: 87_603.9,
    status: 'live',
    ...over,
  };
  return { type: 'price_update', seq: ++seq, data, ...(demo ? { demo: true } : {}) };
}

export function warmingUp(sampleSize: number): PriceOnly {
  const nothing = { price: null, low: null, high: null, confidence: 0 } as const;
  return price({ ...nothing, sample_size: sampleSize, status: 'warming_up' });
}

/** The whole window when an epoch is given, else what follows. */
export function transactions(
  seq: number,
  points: readonly (readonly number[])[],
  epoch?: string,
): TransactionsMessage {
  const data = {
    points: points.map(([timeSec, priceUsd]) => [timeSec!, priceUsd!] as const),
    btc: points.map(([, , amountBtc]) => amountBtc ?? 0),
  };
  return epoch === undefined
    ? { type: 'transactions', seq, data }
    : { type: 'transactions', seq, epoch, data };
}

export function confirmed(
  points: readonly (readonly [number, number])[],
  over: Partial<ConfirmedUpdate['data']> = {},
): ConfirmedUpdate {
  const data = {
    price: 87_350,
    low: 87_020,
    high: 87_690,
    confidence: 0.9,
    block_height: 930_123,
    block_time: points.at(-1)?.[0] ?? nowSec() - 300,
    points,
    ...over,
  };
  return { type: 'confirmed_update', seq: ++seq, data };
}

export function warning(code: WarningMessage['code'], over: object = {}): WarningMessage {
  return { type: 'warning', code, message: code, ...over };
}

export function health(over: Partial<HealthBody> = {}): HealthBody {
  return {
    status: 'ok',
    clients_connected: 3,
    mempool_active_txs: 4309,
    mempool_received_txs: 12_543,
    mempool_filtered_txs: 8234,
    last_block: { height: 930_123, time: nowSec() - 250 },
    price_status: 'live',
    uptime_seconds: 8100,
    demo: false,
    sources: {
      zmq: {
        demo: false,
        state: 'connected',
        since: nowSec() - 8000,
        last_message: nowSec(),
        frames: 12_543,
        missed: 0,
        dropped: 0,
        malformed: 0,
        detail: null,
      },
    },
    pipeline: {
      blocks: 2,
      confirmed: 4100,
      duplicates: 4100,
      replaced: 31,
      without_voting_output: 402,
      filtered_by_rule: { output_count: 5832, recent_parent: 2000 },
      outputs_by_rule: { amount_range: 900, round_in_bitcoin: 611 },
      malformed_transactions: {},
      malformed_blocks: {},
    },
    heatmap: null,
    store: null,
    version: '0.1.0',
    ...over,
  };
}

/** A repeatable stream of numbers from [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Points over the last three hours: most near a price that wanders, some anywhere within 25 %. */
export function cloud(count: number, seed: number): readonly (readonly [number, number])[] {
  const random = seeded(seed);
  const toSec = nowSec();
  return Array.from({ length: count }, (_, i) => {
    const share = i / count;
    const middle = 87_412 * (1 + 0.004 * Math.sin(share * 5 + seed) * (1 - share));
    const near = (random() + random() + random() - 1.5) * 0.012;
    const far = (random() - 0.5) * 0.5;
    const spread = random() < 0.6 ? near : far;
    return [toSec - (1 - share) * 10_700, middle * (1 + spread)] as const;
  });
}

/** The same cloud as blocks hold it: all points of a block at the block's time. */
export function blocks(count: number, seed: number): readonly (readonly [number, number])[] {
  const random = seeded(seed + 1);
  const times: number[] = [];
  for (let timeSec = nowSec() - 250; timeSec > nowSec() - 10_700; ) {
    times.unshift(Math.floor(timeSec));
    timeSec -= 60 - Math.log(1 - random()) * 540;
  }
  return cloud(count, seed).map(([, priceUsd], i) => {
    return [times[Math.floor((i / count) * times.length)]!, priceUsd] as const;
  });
}

/** All that a healthy server says first. */
export function greeting(demo = false): readonly unknown[] {
  const mark = demo ? { demo: true } : {};
  return [
    hello({ demo }),
    price({}, demo),
    { ...transactions(7, cloud(4309, 3), 'e1'), ...mark },
    { ...confirmed(blocks(9000, 5)), ...mark },
  ];
}
