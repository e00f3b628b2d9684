/** Whatever a server sends: nothing throws, and nothing malformed is handed on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeatmapUpdate, PricePoint, Update } from '../src/index.ts';
import { upgradeRequired } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

async function listening(): Promise<{ rig: Rig; seen: Update[] }> {
  const rig = new Rig();
  const seen: Update[] = [];
  const keep = (update: Update): void => void seen.push(update);
  rig.tide.price(keep);
  rig.tide.transactions(keep);
  rig.tide.histogram(keep);
  rig.tide.confirmed(keep);
  rig.tide.heatmap(['A'], keep);
  await settle();
  return { rig, seen };
}

describe('what is no message', () => {
  const none: [unknown, string][] = [
    ['', 'nothing'],
    ['{', 'half of one'],
    ['null', 'null'],
    ['7', 'a number'],
    ['"price_update"', 'a text'],
    ['{"type":"price_update"}', 'no data'],
    ['{"type":"price_update","seq":1,"data":[]}', 'a list for data'],
    ['{"type":"transactions","seq":1}', 'no points'],
    ['{"type":"transactions","seq":1,"epoch":"e","data":{"points":{}}}', 'points that are none'],
    ['{"type":"histogram","seq":1,"data":{"bins":[1,"2"],"counts":[1]}}', 'an edge that is none'],
    ['{"type":"confirmed_update","seq":1,"data":{"price":1}}', 'half a block'],
    ['{"type":"error"}', 'an error without a code'],
    ['{"type":"warning"}', 'a warning without a code'],
    [new Uint8Array([1, 2]), 'bytes'],
    [undefined, 'nothing at all'],
  ];
  test.each(none)('%j (%2$s) is told once a line and left out', async (data) => {
    const { rig, seen } = await listening();
    const connection = rig.server.connection('mempool');
    connection.send(data);
    connection.send(data);
    expect(rig.errors).toMatchObject([{ code: 'MALFORMED' }]);
    expect(rig.errors[0]!.message.length).toBeLessThan(300);
    rig.server.price();
    expect(seen).toMatchObject([{ seq: 1 }]);
    connection.cut();
    await rig.untilRetry();
    rig.server.connection('mempool').send(data);
    expect(rig.errors).toHaveLength(2);
    expect(rig.tide.status.state).toBe('live');
  });

  test.each([
    { timestamp: null },
    { timestamp: 'now' },
    { price: -1 },
    { price: 0 },
    { price: '95000' },
    { low: null },
    { low: 96_000, high: 94_000 },
    { confidence: -0.1 },
    { confidence: 1.01 },
    { confidence: null },
    { status: undefined },
  ])('a price with %j is none', async (change) => {
    const { rig, seen } = await listening();
    const good = rig.server.price();
    const data = { ...(good.data as object), ...change };
    rig.server.connection('mempool').send({ ...good, seq: 9, data });
    expect(seen).toHaveLength(1);
    expect(rig.errors).toMatchObject([{ code: 'MALFORMED' }]);
  });

  test.each([-1, 1.5, 1e300, '2', null, Number.NaN, undefined])(
    'a position of %j is none',
    async (seq) => {
      const { rig, seen } = await listening();
      rig.server.connection('mempool').send({ ...rig.server.price(), seq });
      rig.server.connection('heatmap').send({ ...rig.server.map('A'), seq });
      expect(seen).toHaveLength(2);
      expect(rig.errors.map(({ code }) => code)).toEqual(['MALFORMED', 'MALFORMED']);
    },
  );

  test.each([
    { symbol: 7 },
    { symbol: undefined },
    { timestamp: 'soon' },
    { timestamp: 1_795_163_054 },
    { data: null },
    { data: { levels: {}, current_price: 1 } },
    { data: { levels: [], current_price: -1 } },
    { data: { levels: [] } },
  ])('a map with %j is none', async (change) => {
    const { rig, seen } = await listening();
    rig.server.connection('heatmap').send({ ...rig.server.map('A'), seq: 9, ...change });
    expect(seen).toHaveLength(1);
    expect(rig.errors).toMatchObject([{ code: 'MALFORMED' }]);
  });
});

describe('what was not asked for', () => {
  test('is left alone, and no error', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    const connection = rig.server.connection();
    const full = { ...rig.server.price(), seq: 77, transactions: [], stats: {} };
    connection.send(full);
    connection.send(rig.server.histogram(1));
    connection.send(rig.server.confirmed(7));
    connection.send({ type: 'transactions', seq: 1, epoch: 'e', data: { points: [[1, 2]] } });
    connection.send({ type: 'transactions', seq: 9, data: { points: [[1, 2]] } });
    connection.send({ type: 'snapshot', symbol: 'A' });
    connection.send({ type: 'pong', timestamp: '2026-11-20T08:23:31.987Z', echo: '999' });
    connection.send({ type: 'tide_table' });
    await settle();
    expect(price.latest).toMatchObject({ seq: 1 });
    expect(rig.errors).toEqual([]);
    expect(rig.tide.status.state).toBe('live');
  });

  test('says nothing of the line', async () => {
    const rig = new Rig();
    rig.server.isStuck = true;
    rig.tide.price();
    await settle();
    const [socket] = rig.sockets.all;
    socket!.open();
    socket!.receive({ type: 'tide_table' });
    socket!.receive({ type: 'pong', timestamp: '2026-11-20T08:23:31.987Z' });
    socket!.receive({ type: 'warning', code: 'HIGH_TIDE', message: 'mind it' });
    socket!.receive('{');
    expect(rig.tide.status.state).toBe('connecting');
    await rig.pass(10_000);
    expect(rig.tide.status).toMatchObject({ state: 'reconnecting', failures: 1 });
  });
});

const names = [
  'price_update',
  'transactions',
  'histogram',
  'confirmed_update',
  'snapshot',
  'hello',
  'pong',
  'error',
  'warning',
] as const;

/** Any value, and most often one of those that the protocol has at some place. */
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).filter((value) => !/e\+3/.test(JSON.stringify(value))),
  fc.constantFrom<unknown>(null, true, 0, -1, 1, 1.5, 1e15, '', 'A', 'run-1', 'live', 'stale'),
  fc.constantFrom<unknown>([], {}, [[1, 2]], [[1, -2], null], [1, 2, 3], [1, 2]),
  fc.constantFrom<unknown>('2026-11-20T10:32:30.173Z', 1_795_163_054.4, 2 ** 53, 'UNAUTHORIZED'),
);

const keys = [
  'seq epoch timestamp symbol data price low high confidence status sample_size points btc bins',
  'counts levels current_price bucket_size total_long gaps block_height block_time protocol limits',
  'time echo code message since dropped_messages demo transactions update_interval_ms __proto__',
].flatMap((line) => line.split(' '));

const fields = fc.dictionary(fc.constantFrom(...keys), odd, { maxKeys: 3 });
/** The right shape with some of it replaced, so that much of it goes far. */
const message = fc
  .record({
    type: fc.constantFrom<unknown>(...names),
    good: fc.boolean(),
    top: fields,
    data: fields,
  })
  .map(({ type, good, top, data }) => {
    const { data: shape, ...rest } = good ? template(String(type)) : { data: {} };
    return { type, ...rest, ...top, data: { ...(shape as object), ...data } };
  });
const frame = fc.oneof(
  { weight: 8, arbitrary: message },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 9 }) },
);

function template(type: string): Record<string, unknown> {
  const base = { seq: 5, epoch: 'run-1', timestamp: '2026-11-20T10:32:30.173Z', symbol: 'A' };
  const reading = {
    sample_size: 9,
    price: 2,
    low: 1,
    high: 3,
    confidence: 0.5,
    status: 'live',
    timestamp: 1.5e9,
  };
  const lists = { points: [[1, 2]], btc: [0.1], bins: [1, 2], counts: [3] };
  const map = {
    levels: [{ price: 1, long_density: 2, short_density: 3 }],
    current_price: 5,
    bucket_size: 1,
    total_long: 2,
    total_short: 3,
    positions_created: 4,
    positions_consumed: 5,
  };
  const own = type === 'snapshot' ? {} : { timestamp: 1_795_163_054 };
  return { ...base, ...own, data: { ...reading, ...lists, ...map, block_time: 1_795_163_054 } };
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value);
}

function isPrice(value: unknown): boolean {
  return isNumber(value) && (value as number) > 0;
}

function isPoint({ timeMs, priceUsd, amountBtc }: PricePoint): boolean {
  return isPrice(timeMs) && isPrice(priceUsd) && (amountBtc === null || isNumber(amountBtc));
}

/** Holds an update to what api.ts promises. */
function assertWellFormed(update: Update): void {
  const { asOfMs, ageMs, isLive, via, demo, seq, epoch, missed } = update;
  expect(isNumber(asOfMs) && isNumber(ageMs) && ageMs >= 0).toBe(true);
  expect([typeof isLive, typeof demo]).toEqual(['boolean', 'boolean']);
  expect(['websocket', 'polling']).toContain(via);
  expect(isNumber(seq) && seq >= 0).toBe(true);
  expect(epoch === null || typeof epoch === 'string').toBe(true);
  expect(missed === null || (isNumber(missed) && missed >= 0)).toBe(true);
  const of = update as unknown as Readonly<Record<string, unknown>>;
  for (const name of ['points', 'added']) {
    if (of[name]) expect((of[name] as PricePoint[]).every(isPoint)).toBe(true);
  }
  if (of.priceUsd !== undefined) assertReading(of);
  if (of.counts) expect((of.counts as unknown[]).every(isNumber)).toBe(true);
  if (of.binsBtc) expect((of.binsBtc as unknown[]).every(isNumber)).toBe(true);
  if (of.levels) assertMap(update as HeatmapUpdate);
}

function assertReading({ priceUsd, lowUsd, highUsd, confidence, status }: Record<string, unknown>) {
  expect(isNumber(confidence)).toBe(true);
  if (status !== undefined) expect(typeof status).toBe('string');
  if (priceUsd === null) expect([lowUsd, highUsd]).toEqual([null, null]);
  else expect([priceUsd, lowUsd, highUsd].every(isPrice)).toBe(true);
}

function assertMap({ symbol, levels, currentPriceUsd, bucketUsd, gaps, ...map }: HeatmapUpdate) {
  expect(symbol).toBe('A');
  expect(isPrice(currentPriceUsd)).toBe(true);
  expect(bucketUsd === null || isPrice(bucketUsd)).toBe(true);
  expect(levels.every((each) => isPrice(each.priceUsd) && each.longUsd >= 0)).toBe(true);
  expect(gaps.every(({ fromMs, toMs }) => isNumber(fromMs) && isNumber(toMs))).toBe(true);
  const totals = [map.totalLongUsd, map.totalShortUsd];
  expect(totals.every((each) => each === null || isNumber(each))).toBe(true);
  expect([map.positionsCreated, map.positionsConsumed].every(isNumber)).toBe(true);
}

describe('any messages at all', () => {
  test('throw nothing, hand on nothing malformed, and leave the client able to go on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 25 }), fc.boolean(), async (frames, isMap) => {
        const { rig, seen } = await listening();
        for (const each of frames) {
          const feed = isMap ? 'heatmap' : 'mempool';
          const socket = rig.sockets.all.findLast((one) => one.feed === feed)!;
          if (socket.state === 'open') socket.receive(each);
        }
        await rig.pass(1_000);
        seen.forEach(assertWellFormed);
        expect(rig.errors.filter(({ code }) => code === 'HANDLER_FAILED')).toEqual([]);
        rig.tide.close();
        await settle();
        expect(rig.held).toMatchObject({ timers: 0, sockets: 0, questions: 0 });
      }),
      { numRuns: 400 },
    );
  });

  test('over HTTP as well', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 10 }), fields, async (messages, more) => {
        const { rig, seen } = await listening();
        rig.server.refusal = upgradeRequired(['tidegauge.v1']);
        rig.server.restAnswer = { status: 200, body: { epoch: 'run-1', ...more, messages } };
        for (const connection of rig.server.connections) connection.cut();
        await rig.pass(3_000);
        rig.server.restAnswer = { status: 200, body: messages[0] ?? {} };
        await rig.pass(20_000);
        seen.forEach(assertWellFormed);
        rig.tide.close();
        await settle();
        expect(rig.held).toMatchObject({ timers: 0, sockets: 0, questions: 0 });
      }),
      { numRuns: 100 },
    );
  });
});
