/** GET /api/v1/mempool beside a client of /ws/mempool: both have to be told the same. */
import { gunzipSync } from 'node:zlib';
import { CHANNELS, type Channel, type ResumePosition } from '@tidegauge/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mempoolRoute } from '../../src/http/mempool-route.ts';
import { RESUME_DELTAS_MAX } from '../../src/hub/limits.ts';
import type { LostSource } from '../../src/hub/lost-source.ts';
import type { ChannelStates } from '../../src/hub/publication.ts';
import { MempoolBench } from '../hub/mempool-bench.ts';
import { LIVE, NOTHING_PUBLISHED } from '../hub-fakes.ts';
import { ask, bodyAs, refusal, routerWith } from './ask.ts';

type Message = Readonly<Record<string, unknown>>;

const EPOCH = 'k3x9';

/** Somebody who polls, and takes each answer at once. */
class Poller {
  readonly bench: MempoolBench = new MempoolBench();
  readonly #demo: boolean;
  readonly #states: ChannelStates;

  constructor({ demo = false, states }: { demo?: boolean; states?: ChannelStates } = {}) {
    this.#demo = demo;
    this.#states = states ?? this.bench.channels;
  }

  async get(query: string): ReturnType<typeof ask> {
    const view = { demo: this.#demo, states: this.#states, updateIntervalMs: 500 };
    const router = routerWith([mempoolRoute(view, this.bench.clock)]);
    return ask(router, `/api/v1/mempool${query}`);
  }

  async body(query: string): Promise<Message & { readonly messages: readonly Message[] }> {
    const answer = await this.get(query);
    expect(answer.status).toBe(200);
    return bodyAs('MempoolBody', answer) as Message & { messages: readonly Message[] };
  }

  /** What a client that subscribes now with these positions is sent at once. */
  subscribed(
    subscribe: readonly Channel[],
    held: Readonly<Record<string, ResumePosition>>,
  ): Message[] {
    const socket = this.bench.join();
    socket.receive({ unsubscribe: 'full' });
    socket.take();
    socket.receive({ subscribe, resume: held });
    socket.events.closed(1000);
    return socket.take();
  }
}

describe('GET /api/v1/mempool', () => {
  test('without positions: the state of each channel, in the order asked for', async () => {
    const poller = new Poller();
    poller.bench.feed.view = { estimate: LIVE, blockHeight: 1, blockTimeSec: 2, points: [] };
    poller.bench.tick();
    const channels: Channel[] = ['confirmed', 'price', 'transactions', 'histogram', 'full'];
    const body = await poller.body(`?channels=${channels.join()}`);
    expect(body).toEqual({
      epoch: EPOCH,
      time: poller.bench.clock.nowSec(),
      update_interval_ms: 500,
      messages: poller.subscribed(channels, {}),
    });
    expect(body.messages).toHaveLength(5);
    expect(body.messages[2]).toMatchObject({ type: 'transactions', epoch: EPOCH });
  });

  test('the answer is not stored', async () => {
    const { headers } = await new Poller().get('?channels=price');
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  });

  test('with positions: what followed, and nothing of what is known', async () => {
    const poller = new Poller();
    for (let i = 0; i < 4; i++) poller.bench.tick();
    const { messages } = await poller.body(
      `?channels=price,transactions&resume=price:${EPOCH}:5,transactions:${EPOCH}:3`,
    );
    expect(messages).toMatchObject([
      { type: 'transactions', seq: 4 },
      { type: 'transactions', seq: 5 },
    ]);
    for (const message of messages) expect(message).not.toHaveProperty('epoch');
  });

  test('a position of another epoch is worthless, those beside it count', async () => {
    const poller = new Poller();
    const { messages } = await poller.body(
      `?channels=price,transactions&resume=price:other:1,transactions:${EPOCH}:1`,
    );
    expect(messages).toMatchObject([{ type: 'price_update', seq: 1 }]);
  });

  test('an empty list holds no position', async () => {
    const { messages } = await new Poller().body('?channels=price,transactions&resume=');
    expect(messages).toHaveLength(2);
  });

  test('points that are no longer kept one by one come as a whole', async () => {
    const poller = new Poller();
    for (let i = 0; i < RESUME_DELTAS_MAX + 1; i++) poller.bench.tick();
    const since = (seq: number) =>
      poller.body(`?channels=transactions&resume=transactions:${EPOCH}:${seq}`);
    expect((await since(2)).messages).toHaveLength(RESUME_DELTAS_MAX);
    expect((await since(1)).messages).toMatchObject([{ epoch: EPOCH }]);
  });

  test('nothing published yet is nothing to tell; a demo is marked', async () => {
    const poller = new Poller({ demo: true, states: NOTHING_PUBLISHED });
    expect(await poller.body('?channels=price,full')).toMatchObject({ messages: [], demo: true });
  });

  test('a channel named twice counts once, and positions of others do not count', async () => {
    const poller = new Poller();
    const query = `?channels=price,price&resume=transactions:${EPOCH}:1,histogram:${EPOCH}:1`;
    expect((await poller.body(query)).messages).toHaveLength(1);
  });

  test('whatever was missed, it is told what a client of the WebSocket is', async () => {
    const choice = fc.subarray([...CHANNELS], { minLength: 1 });
    const position = fc.record({
      epoch: fc.constantFrom(EPOCH, EPOCH, 'other'),
      seq: fc.integer({ min: 1, max: 12 }),
    });
    const positions = fc.dictionary(fc.constantFrom(...CHANNELS), position);
    const ticks = fc.integer({ min: 0, max: 8 });
    await fc.assert(
      fc.asyncProperty(choice, positions, ticks, async (channels, held, count) => {
        const poller = new Poller();
        for (let i = 0; i < count; i++) poller.bench.tick();
        const list = Object.entries(held).map(
          ([name, { epoch, seq }]) => `${name}:${epoch}:${seq}`,
        );
        const { messages } = await poller.body(
          `?channels=${channels.join()}&resume=${list.join()}`,
        );
        expect(messages).toEqual(poller.subscribed(channels, held));
      }),
    );
  });
});

test('while the source is lost, the warning of the WebSocket comes first', async () => {
  const bench = new MempoolBench();
  bench.feed.add(2_000);
  bench.tick();
  const view = { demo: false, states: bench.channels, updateIntervalMs: 500 };
  let lost: LostSource | null = { name: 'zmq', sinceSec: 1_767_225_600.5 };
  const router = routerWith([mempoolRoute(view, bench.clock, () => lost)]);
  const told = async (query: string) => {
    const answer = await ask(router, `/api/v1/mempool?${query}`);
    return bodyAs('MempoolBody', answer).messages as Message[];
  };
  bench.mempool.tellLost(lost);
  const socket = bench.join();
  const [warning, full] = socket.take();
  expect(warning).toMatchObject({ type: 'warning', since: 1_767_225_600.5 });
  expect(await told('channels=full')).toEqual([warning, full]);
  expect(await told(`channels=price&resume=price:${EPOCH}:2`)).toEqual([warning]);
  lost = { name: 'zmq', sinceSec: 1_767_225_700 };
  expect(await told('channels=full')).toMatchObject([{ since: 1_767_225_700 }, full]);
  lost = null;
  expect(await told('channels=full')).toEqual([full]);
});

describe('a long answer', () => {
  const bench = () => {
    const made = new MempoolBench();
    made.feed.add(2_000);
    made.tick();
    const view = { demo: false, states: made.channels, updateIntervalMs: 500 };
    const router = routerWith([mempoolRoute(view, made.clock)]);
    let askers = 0;
    const get = async (query: string) => {
      const headers = { 'accept-encoding': 'gzip' };
      const client = `203.0.113.${askers++}`;
      const { status, body } = await ask(router, `/api/v1/mempool?${query}`, { headers, client });
      expect(status).toBe(200);
      return body;
    };
    return { clock: made.clock, tick: () => made.tick(), get };
  };
  const opened = (body: Buffer): Message => JSON.parse(gunzipSync(body).toString()) as Message;
  const ALL = `channels=${CHANNELS.join()}`;

  test('is made and packed once for all who are to be told the same', async () => {
    const { get } = bench();
    const first = await get(ALL);
    expect(await get(ALL)).toBe(first);
    expect(await get(`${ALL}&resume=price:other:2,full:${EPOCH}:1`)).toBe(first);
    expect(await get(`${ALL}&resume=full:${EPOCH}:2`)).not.toBe(first);
    const types = async (query: string) =>
      (opened(await get(query)).messages as Message[]).map(({ type }) => type);
    expect(await types('channels=price,transactions')).toEqual(['price_update', 'transactions']);
    expect(await types('channels=transactions,price')).toEqual(['transactions', 'price_update']);
  });

  test('is made anew for what was published since', async () => {
    const { get, tick } = bench();
    const first = await get(ALL);
    tick();
    const second = await get(ALL);
    expect(second).not.toBe(first);
    expect(opened(second).messages).toMatchObject([{ seq: 3 }, { seq: 3 }, { seq: 3 }, { seq: 1 }]);
  });

  test('has a time that is no older than an interval; a short one that of its own', async () => {
    const { get, clock } = bench();
    const first = await get('channels=transactions');
    const short = async () => JSON.parse((await get('channels=price')).toString()) as Message;
    const startSec = clock.nowSec();
    expect((await short()).time).toBe(startSec);
    clock.advance(499);
    expect(await get('channels=transactions')).toBe(first);
    expect((await short()).time).toBe(startSec + 0.499);
    clock.advance(1);
    expect(opened(await get('channels=transactions')).time).toBe(startSec + 0.5);
  });
});

describe('a question that is wrong', () => {
  const names = 'full, price, transactions, histogram, confirmed';
  const form =
    'a list of a channel, its epoch and its last seq, such as price:k3x9:812,transactions:k3x9:17';

  test.each([
    ['', `channels is missing; allowed is a list of ${names}`],
    ['?channels=', `channels has ''; allowed is a list of ${names}`],
    ['?channels=price,prices', `channels has 'prices'; allowed is a list of ${names}`],
    ['?channels=price&channels=full', 'channels is given 2 times; allowed is once'],
    ['?channels=price&resume=price', `resume has 'price'; allowed is ${form}`],
    ['?channels=price&resume=price:1', `resume has 'price:1'; allowed is ${form}`],
    ['?channels=price&resume=price::1', `resume has 'price::1'; allowed is ${form}`],
    ['?channels=price&resume=prices:e:1', `resume has 'prices:e:1'; allowed is ${form}`],
    ['?channels=price&resume=price:e:0', `resume has 'price:e:0'; allowed is ${form}`],
    ['?channels=price&resume=price:e:1.5', `resume has 'price:e:1.5'; allowed is ${form}`],
    ['?channels=price&resume=price:e:1,', `resume has ''; allowed is ${form}`],
    ['?channels=price&resume=price:e:1,price:f:2', 'resume has price twice; allowed is once'],
    [
      '?channels=x&resume=y',
      `channels has 'x'; allowed is a list of ${names}; resume has 'y'; ` + `allowed is ${form}`,
    ],
    ['?channels=price&key=x', "unknown parameter 'key=x'; /api/v1/mempool takes channels, resume"],
    [
      '?channels=price&epoch=k3x9',
      "unknown parameter 'epoch=k3x9'; /api/v1/mempool takes channels, resume",
    ],
  ])('%s', async (query, message) => {
    expect(refusal(await new Poller().get(query), 400)).toBe(message);
  });
});

test('an address that takes none of its answers is in its own way only', async () => {
  const { bench } = new Poller();
  const view = { demo: false, states: bench.channels, updateIntervalMs: 500 };
  const router = routerWith([mempoolRoute(view, bench.clock)]);
  const target = '/api/v1/mempool?channels=transactions';
  for (let i = 0; i < 8; i++) await ask(router, target);
  const ninth = ask(router, target);
  expect((await ask(router, target, { client: '203.0.113.8' })).status).toBe(200);
  bench.clock.advance(5_000);
  expect(refusal(await ninth, 429)).toContain('8 answers are at work for this address');
});
