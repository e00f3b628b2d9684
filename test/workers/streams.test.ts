/** What clients of `serve --workers 2` are sent: the same, whichever worker they came to. */
import { expect, test } from 'vitest';
import { StreamClient } from './stream-client.ts';
import { WorkerServer } from './worker-server.ts';

type Message = Readonly<Record<string, unknown>>;

const isPrice = (message: Message): boolean => message.type === 'price_update';
const isWindow = (message: Message): boolean => message.type === 'transactions';
const isMap = (message: Message): boolean => message.type === 'snapshot';
const seqOf = ({ seq }: Message): number => Number(seq);

test('50 clients are spread over both, and get the same bytes under the same sequences', async () => {
  const server = await WorkerServer.start();
  const subscription = { subscribe: 'price' };
  const clients = Array.from({ length: 50 }, () => new StreamClient(server.mempool, subscription));
  await Promise.all(clients.map((client) => client.opened()));
  const streams = await Promise.all(clients.map((client) => client.all(8, isPrice)));
  expect(new Set(server.landed())).toEqual(new Set([1, 2]));

  const textBySeq = new Map<number, string>();
  for (const stream of streams) {
    // The first is the default channel, until the subscription came.
    const own = stream.filter(({ message }) => !('stats' in message));
    const first = seqOf(own[0]!.message);
    expect(own.map(({ message }) => seqOf(message))).toEqual(own.map((_, at) => first + at));
    for (const { text, message } of own) {
      expect(textBySeq.get(seqOf(message)) ?? text).toBe(text);
      textBySeq.set(seqOf(message), text);
    }
  }

  expect((await server.process.healthOnce((each) => each.clients_connected === 50)).demo).toBe(
    true,
  );
  // Each worker says so once a second, at a moment of its own.
  const stats = await server.stats(({ subscriptions_by_symbol, messages_sent }) => {
    const { price } = subscriptions_by_symbol as Record<string, number>;
    return price === 50 && Number(messages_sent) >= 50 * 8;
  });
  expect(stats).toMatchObject({ workers: 2, active_connections: 50 });
  const metrics = await (await fetch(`${server.url}metrics`)).text();
  expect(metrics).toContain('\nws_connections 50\n');
  expect(metrics).toMatch(/\nws_active_connections\{symbol="price"\} 50\n/);
});

test('the window of transactions comes first, then each delta; each map in its order', async () => {
  const server = await WorkerServer.start();
  const windows = await server.clients(2, server.mempool, { subscribe: 'transactions' });
  for (const client of windows.flat()) {
    const [first, ...rest] = await client.all(4, isWindow);
    expect(first!.message).toHaveProperty('epoch');
    const start = seqOf(first!.message);
    expect(rest.map(({ message }) => seqOf(message))).toEqual(rest.map((_, at) => start + 1 + at));
    for (const { message } of rest) expect(message).not.toHaveProperty('epoch');
  }
  const subscription = {
    action: 'subscribe',
    symbols: ['BTCUSDT', 'ETHUSDT'],
    update_interval: 1,
  };
  const maps = await server.clients(2, server.heatmap, subscription);
  for (const client of maps.flat()) {
    const received = await client.all(4, isMap);
    for (const symbol of subscription.symbols) {
      const seqs = received.filter((each) => each.message.symbol === symbol);
      expect(seqs.length).toBeGreaterThan(0);
      for (const [at, { message }] of seqs.entries()) {
        if (at > 0) expect(seqOf(message)).toBeGreaterThan(seqOf(seqs[at - 1]!.message));
      }
    }
  }
});

test('who comes back resumes, also at another worker', async () => {
  const server = await WorkerServer.start();
  const [window] = await server.clients(1, server.mempool, { subscribe: 'transactions' });
  const [first] = await window![0]!.all(1, isWindow);
  const { epoch } = first!.message;
  const last = window![0]!.received.findLast(({ message }) => isWindow(message))!;
  window![0]!.close();
  const held = seqOf(last.message);
  const subscription = {
    subscribe: 'transactions',
    resume: { transactions: { epoch, seq: held } },
  };
  for (const client of (await server.clients(1, server.mempool, subscription)).flat()) {
    const received = (await client.all(3, isWindow)).slice(0, 3);
    // What followed, or the whole where these deltas are not kept; then on without a gap.
    const start = seqOf(received[0]!.message);
    expect(start).toBeGreaterThanOrEqual('epoch' in received[0]!.message ? held : held + 1);
    expect(received.map(({ message }) => seqOf(message))).toEqual([start, start + 1, start + 2]);
  }

  const symbols = ['BTCUSDT'];
  const map = new StreamClient(server.heatmap, { action: 'subscribe', symbols });
  const [seen] = await map.all(1, isMap);
  const resume = { BTCUSDT: { epoch: seen!.message.epoch, seq: seen!.message.seq } };
  const again = { action: 'subscribe', symbols, update_interval: 1, resume };
  for (const client of (await server.clients(1, server.heatmap, again)).flat()) {
    const [next] = await client.all(1, isMap);
    expect(seqOf(next!.message)).toBeGreaterThan(seqOf(seen!.message));
  }
});

test('who polls is told by the main process what clients of any worker are', async () => {
  const server = await WorkerServer.start();
  const subscribe = ['price', 'transactions'];
  const url = `${server.mempool}?subscribe=none`;
  const clients = (await server.clients(1, url, { subscribe })).flat();
  for (const client of clients) await client.all(1, isWindow);

  const polled = new Map<string, Message>();
  const newest = { price: 0, transactions: 0 };
  let query = '';
  let epoch = '';
  for (let i = 0; i < 10; i++) {
    const body = await server.json(`api/v1/mempool?channels=${subscribe.join()}${query}`);
    epoch = String(body.epoch);
    for (const message of body.messages as Message[]) {
      polled.set(placeOf(message), message);
      newest[isPrice(message) ? 'price' : 'transactions'] = seqOf(message);
    }
    const positions = Object.entries(newest).map(([name, seq]) => `${name}:${epoch}:${seq}`);
    query = `&resume=${positions.join()}`;
    await clients[0]!.all(clients[0]!.received.length + 1, () => true);
  }

  for (const client of clients) {
    await client.all(1, (each) => isPrice(each) && seqOf(each) > newest.price);
    const received = client.received.map(({ message }) => message);
    const both = received.filter((message) => polled.has(placeOf(message)));
    expect(both.length).toBeGreaterThan(5);
    for (const message of both) expect(message).toEqual(polled.get(placeOf(message)));
    expect(received.find(isWindow)).toMatchObject({ epoch });
  }
});

/** A window and a delta may stand at the same position. */
function placeOf(message: Message): string {
  return `${String(message.type)} ${seqOf(message)} ${'epoch' in message}`;
}

test('all are warned of a source that is lost', async () => {
  const server = await WorkerServer.start({ BITCOIN_ZMQ_TX: 'tcp://127.0.0.1:9' });
  const clients = await server.clients(1, server.mempool, { subscribe: 'price' });
  for (const client of clients.flat()) {
    const [warning] = await client.all(1, ({ type }) => type === 'warning');
    expect(warning!.message).toMatchObject({ code: 'SOURCE_STALE', source: 'zmq' });
  }
});

test('a worker that stalls is skipped, and afterwards its clients have the newest', async () => {
  const server = await WorkerServer.start();
  const subscription = { subscribe: ['price', 'transactions'] };
  const [stalled, others] = await server.clients(1, server.mempool, subscription);
  await stalled![0]!.all(2, isWindow);
  server.signal(1, 'SIGSTOP');
  const before = others![0]!.received.length;
  await others![0]!.all(before + 40, () => true);
  server.signal(1, 'SIGCONT');
  const newest = seqOf(others![0]!.received.findLast(({ message }) => isPrice(message))!.message);
  await stalled![0]!.all(1, (message) => isPrice(message) && seqOf(message) > newest);

  let held = 0;
  for (const { message } of stalled![0]!.received.filter((each) => isWindow(each.message))) {
    if (!('epoch' in message)) expect(seqOf(message)).toBe(held + 1);
    held = seqOf(message);
  }
});
