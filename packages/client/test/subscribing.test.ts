/** What is opened and said for what is subscribed to. */
import { describe, expect, test } from 'vitest';
import type { PriceUpdate, TransactionsUpdate } from '../src/index.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

describe('sockets', () => {
  test('none before something is wanted', async () => {
    const { sockets, clock, http, tide } = new Rig();
    await clock.pass(60_000);
    expect(sockets.all).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(http.asked).toEqual([]);
    expect(tide.status.state).toBe('idle');
  });

  test('one for all that the price is about, and one for maps', async () => {
    const { sockets, tide } = new Rig();
    tide.price();
    tide.price();
    tide.transactions();
    tide.histogram();
    tide.confirmed();
    await settle();
    expect(sockets.all.map(({ feed }) => feed)).toEqual(['mempool']);
    tide.heatmap(['BTCUSDT']);
    tide.heatmap(['ETHUSDT']);
    await settle();
    expect(sockets.all.map(({ feed }) => feed)).toEqual(['mempool', 'heatmap']);
  });

  test('go to the address, below its path, and ask for nothing by themselves', async () => {
    const { sockets, tide } = new Rig({ httpBase: 'https://tide.example:8443/below/' });
    tide.price();
    await settle();
    const { url, protocols } = sockets.all[0]!;
    expect(`${url.origin}${url.pathname}`).toBe('wss://tide.example:8443/below/ws/mempool');
    expect(url.searchParams.get('subscribe')).toBe('none');
    expect(url.searchParams.get('hello')).toBe('yes');
    expect(protocols).toEqual([]);
  });

  test('carry one name of the session over all connections of a feed', async () => {
    const rig = new Rig();
    rig.tide.price();
    rig.tide.heatmap(['BTCUSDT']);
    await settle();
    rig.server.connection('mempool').cut();
    await rig.pass(5_000);
    const names = rig.sockets.all.map(({ feed, url }) => [feed, url.searchParams.get('session')]);
    expect(names.map(([feed]) => feed)).toEqual(['mempool', 'heatmap', 'mempool']);
    expect(names[2]![1]).toBe(names[0]![1]);
    expect(names[1]![1]).not.toBe(names[0]![1]);
    for (const [, name] of names) expect(name).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  });

  test('go when nothing of the feed is wanted any more, and nothing stays behind', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    const histogram = rig.tide.histogram();
    const maps = rig.tide.heatmap(['BTCUSDT']);
    await settle();
    price.close();
    await settle();
    expect(rig.sockets.alive).toHaveLength(2);
    histogram.close();
    maps.close();
    await settle();
    expect(rig.held).toEqual({ timers: 0, sockets: 0, questions: 0, listeners: 1 });
    expect(rig.tide.status).toMatchObject({ state: 'idle', failures: 0, error: null });
  });

  test('come again when something is wanted again, with nothing of before', async () => {
    const rig = new Rig();
    const first = rig.tide.price();
    await settle();
    rig.server.price();
    first.close();
    await settle();
    const second = rig.tide.price();
    await settle();
    expect(rig.sockets.all).toHaveLength(2);
    expect(rig.server.connection().wishes[0]!.resume ?? {}).toEqual({});
    expect(second.latest).toMatchObject({ seq: 1, missed: null });
  });

  test('none for a subscription that is closed in the same turn', async () => {
    const rig = new Rig();
    rig.tide.price().close();
    await settle();
    expect(rig.sockets.all).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });
});

describe('what is said', () => {
  test('what is wanted, then a ping whose echo is the answer to all of it', async () => {
    const { server, tide } = new Rig();
    tide.price();
    tide.transactions();
    tide.histogram();
    tide.confirmed();
    await settle();
    const { wishes, sent, pings } = server.connection();
    expect(wishes.flatMap(({ subscribe }) => subscribe)).toEqual([
      'price',
      'transactions',
      'histogram',
      'confirmed',
    ]);
    expect(pings).toBe(1);
    expect(sent.at(-1)).toMatchObject({ type: 'ping' });
  });

  test('later wishes are added, what is no longer wanted is taken back', async () => {
    const { server, tide } = new Rig();
    const price = tide.price();
    await settle();
    tide.histogram();
    tide.confirmed();
    await settle();
    const wanted = server.connection().wishes.flatMap(({ subscribe }) => subscribe);
    expect(wanted).toEqual(['price', 'histogram', 'confirmed']);
    price.close();
    await settle();
    expect([server.connection().wishes.at(-1)!.unsubscribe].flat()).toEqual(['price']);
    expect(server.connection().subscribed).toEqual(new Set(['histogram', 'confirmed']));
  });

  test('a second subscriber is nothing to be said, nor is one that goes', async () => {
    const { server, tide } = new Rig();
    tide.price();
    await settle();
    const said = server.connection().wishes.length;
    const second = tide.price();
    await settle();
    second.close();
    await settle();
    expect(server.connection().wishes).toHaveLength(said);
  });

  test('nor is one that goes while another comes', async () => {
    const { server, tide } = new Rig();
    const first = tide.price();
    await settle();
    server.price();
    const said = server.connection().wishes.length;
    first.close();
    const second = tide.price();
    await settle();
    expect(server.connection().wishes).toHaveLength(said);
    expect(second.latest).toMatchObject({ seq: 1 });
  });

  test('a message that was on its way when its channel was left harms nothing', async () => {
    const { server, tide, errors } = new Rig();
    const price = tide.price();
    const histogram = tide.histogram();
    await settle();
    price.close();
    await settle();
    server.connection().send(server.price());
    server.histogram(1);
    expect(price.latest).toBeNull();
    expect(histogram.latest).toMatchObject({ seq: 1 });
    expect(errors).toEqual([]);
  });
});

describe('a subscriber', () => {
  test('gets each update, in order, and has the newest at hand', async () => {
    const { server, tide } = new Rig();
    const seen: number[] = [];
    const price = tide.price(({ seq }) => seen.push(seq));
    expect(price.latest).toBeNull();
    await settle();
    for (let n = 0; n < 3; n += 1) server.price();
    expect(seen).toEqual([1, 2, 3]);
    expect(price.latest?.seq).toBe(3);
  });

  test('who comes later gets what the others know, at once', async () => {
    const { server, tide } = new Rig();
    tide.price();
    await settle();
    server.price(90_000);
    server.price(91_000);
    const seen: PriceUpdate[] = [];
    const late = tide.price((update) => seen.push(update));
    await settle();
    expect(seen.map(({ priceUsd, missed }) => [priceUsd, missed])).toEqual([[91_000, null]]);
    await late.ready;
    server.price(92_000);
    expect(seen.map(({ missed }) => missed)).toEqual([null, 0]);
    expect(seen[0]).toMatchObject({ isLive: false, seq: 2 });
  });

  test('who comes later to the points gets all of them as added', async () => {
    const { server, tide } = new Rig();
    server.points([1, 2]);
    tide.transactions();
    await settle();
    server.points([3, 2]);
    const seen: TransactionsUpdate[] = [];
    const late = tide.transactions((update) => seen.push(update));
    await settle();
    expect(seen).toMatchObject([{ seq: 2, missed: null, whole: true }]);
    expect(seen[0]!.added).toEqual(seen[0]!.points);
    const looped = await late[Symbol.asyncIterator]().next();
    expect(looped.value).toMatchObject({ missed: null, whole: true });
    server.points([4, 2]);
    expect(seen[1]).toMatchObject({ missed: 0, whole: false });
    expect(seen[1]!.added).toHaveLength(1);
  });

  test('who comes while the others are told has missed nothing that can be counted', async () => {
    const { server, tide } = new Rig();
    const seen: PriceUpdate[] = [];
    tide.price(({ seq }) => {
      if (seq === 2) tide.price((update) => seen.push(update));
    });
    await settle();
    server.price();
    server.price();
    await settle();
    expect(seen[0]).toMatchObject({ missed: null });
  });

  test('hears nothing after closing, and a second close does nothing', async () => {
    const { server, tide } = new Rig();
    const seen: number[] = [];
    tide.price();
    const price = tide.price(({ seq }) => seen.push(seq));
    await settle();
    server.price();
    expect(price.closed).toBe(false);
    price.close();
    price.close();
    server.price();
    expect(price.closed).toBe(true);
    expect(seen).toEqual([1]);
  });

  test('may close itself and open another from its own handler', async () => {
    const { server, tide, errors } = new Rig();
    const seen: string[] = [];
    const first = tide.price(({ seq }) => {
      seen.push(`first ${seq}`);
      first.close();
      tide.price((update) => seen.push(`second ${update.seq}`));
    });
    await settle();
    server.price();
    await settle();
    server.price();
    expect(seen).toEqual(['first 1', 'second 1', 'second 2']);
    expect(errors).toEqual([]);
  });

  test('may close the whole client from its handler', async () => {
    const rig = new Rig();
    const seen: number[] = [];
    rig.tide.price(() => rig.tide.close());
    rig.tide.price(({ seq }) => seen.push(seq));
    await settle();
    rig.server.price();
    await settle();
    expect(seen).toEqual([]);
    expect(rig.errors).toEqual([]);
    expect(rig.states.at(-1)).toBe('closed');
  });
});

describe('ready', () => {
  async function isReady(subscription: { readonly ready: Promise<void> }): Promise<boolean> {
    let ready = false;
    void subscription.ready.then(() => {
      ready = true;
    });
    await settle();
    return ready;
  }

  test('with the first update', async () => {
    const { sockets, server, tide } = new Rig();
    server.isStuck = true;
    const price = tide.price();
    expect(await isReady(price)).toBe(false);
    sockets.all[0]!.open();
    expect(await isReady(price)).toBe(false);
    sockets.all[0]!.receive(server.price());
    expect(await isReady(price)).toBe(true);
  });

  test('when the server has answered without one', async () => {
    const { server, tide } = new Rig();
    const confirmed = tide.confirmed();
    expect(await isReady(confirmed)).toBe(true);
    expect(confirmed.latest).toBeNull();
    expect(server.connection().pings).toBe(1);
  });

  test('when it is closed, and when the client is', async () => {
    const { server, tide } = new Rig();
    server.isStuck = true;
    const price = tide.price();
    const maps = tide.heatmap(['BTCUSDT']);
    price.close();
    expect(await isReady(price)).toBe(true);
    expect(await isReady(maps)).toBe(false);
    tide.close();
    expect(await isReady(maps)).toBe(true);
  });

  test('with what is asked for over HTTP instead', async () => {
    const rig = new Rig();
    rig.server.price();
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    const price = rig.tide.price();
    const confirmed = rig.tide.confirmed();
    await rig.pass(1_000);
    expect(await isReady(price)).toBe(true);
    expect(price.latest?.via).toBe('polling');
    expect(await isReady(confirmed)).toBe(true);
  });

  test('of a late subscriber at once', async () => {
    const { server, tide } = new Rig();
    tide.price();
    await settle();
    server.price();
    expect(await isReady(tide.price())).toBe(true);
  });
});

test('nothing is sent over a socket that is not open', async () => {
  const rig = new Rig();
  rig.server.isStuck = true;
  rig.tide.price().close();
  const price = rig.tide.price();
  rig.tide.histogram();
  await settle();
  price.close();
  await settle();
  expect(rig.tide.status.state).toBe('connecting');
});

test('ready: one that is waited for while the symbols change, and one that is refused', async () => {
  const rig = new Rig();
  const maps = rig.tide.heatmap(['A']);
  const { ready } = maps;
  maps.change(['B']);
  rig.server.isStuck = true;
  const price = rig.tide.price();
  await settle();
  rig.sockets.all.at(-1)!.end(4500);
  await Promise.all([ready, price.ready]);
});
