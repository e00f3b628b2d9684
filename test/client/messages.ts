/** Messages that are right, for servers of which only something else is wrong. */
export const EPOCH = 'an-epoch';
/** When they are from, unix seconds: just before the test's clock begins. */
const TIME_SEC = 1_799_999_999;

export function hello(changes: object = {}): object {
  const limits = { update_interval_ms: 500, ping_interval_ms: 25_000, idle_timeout_ms: 60_000 };
  return {
    type: 'hello',
    protocol: 1,
    server: 'x/1',
    epoch: EPOCH,
    time: TIME_SEC,
    limits,
    ...changes,
  };
}

export function price(seq: number): object {
  const data = { price: 95_000, low: 94_000, high: 96_000, confidence: 0.9, status: 'live' };
  return { type: 'price_update', seq, data: { ...data, timestamp: TIME_SEC, sample_size: 3 } };
}

/** With `epoch` the whole window, else what is new. */
export function transactions(seq: number, changes: object = {}): object {
  const points = [
    [TIME_SEC - 2, 95_000],
    [TIME_SEC - 1, 94_900.5],
  ];
  return { type: 'transactions', seq, data: { points, btc: [0.01, 0.2] }, ...changes };
}

export function histogram(seq: number): object {
  return { type: 'histogram', seq, data: { bins: [0.1, 1, 10], counts: [3, 4] } };
}

export function confirmed(seq: number): object {
  const reading = { price: 95_000, low: 94_000, high: 96_000, confidence: 0.9 };
  const points = [[TIME_SEC - 100, 95_100]];
  const block = { block_height: 900_000, block_time: TIME_SEC - 100, points, btc: [0.3] };
  return { type: 'confirmed_update', seq, data: { ...reading, ...block } };
}

export function snapshot(seq: number): object {
  const timestamp = new Date(TIME_SEC * 1000).toISOString();
  const gap = { what: 'candles', from: timestamp, to: timestamp };
  const levels = [
    { price: 94_000, long_density: 2_000, short_density: 0 },
    { price: 96_000, long_density: 0, short_density: 3_000 },
  ];
  const totals = { total_long: 2_000, total_short: 3_000 };
  const positions = { positions_created: 5, positions_consumed: 2 };
  const head = { levels, current_price: 95_000, bucket_size: 100 };
  const data = { ...head, ...totals, ...positions, gaps: [gap] };
  return { type: 'snapshot', symbol: 'BTCUSDT', timestamp, epoch: EPOCH, seq, data };
}

/** One of each kind, each of a position of its own. */
export function everyMessage(): readonly object[] {
  return [
    hello(),
    price(1),
    transactions(1, { epoch: EPOCH }),
    transactions(2),
    histogram(1),
    confirmed(1),
    snapshot(1),
    { type: 'pong', timestamp: new Date(TIME_SEC * 1000).toISOString(), echo: '1' },
    { type: 'error', code: 'INVALID_SYMBOL', message: 'unknown symbol', symbol: 'BTCUSDT' },
    { type: 'warning', code: 'SOURCE_STALE', message: 'lost', source: 'zmq', since: TIME_SEC },
    { type: 'warning', code: 'SLOW_CONSUMER', message: 'slow', dropped_messages: 3 },
  ];
}
