import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Client, type Running, type RunOptions, refusedUpgrade, run } from './http-harness.ts';
import { LIVE, WARMING } from './hub-fakes.ts';

let running: Running | null = null;
const clients: Client[] = [];

async function start(options: RunOptions = {}): Promise<Running> {
  running = await run(options);
  return running;
}

async function join(
  url: string,
  protocols: string[] = [],
  options: Record<string, unknown> = {},
): Promise<Client> {
  const client = new Client(url, protocols, options);
  clients.push(client);
  return client.opened();
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await running?.server.drain();
  running = null;
});

describe('joining', () => {
  test('with the subprotocol: hello first, then the state', async () => {
    const { stream } = await start();
    const client = await join(stream, ['other.v9', 'tidegauge.v1']);
    expect(client.socket.protocol).toBe('tidegauge.v1');
    expect(await client.next()).toEqual({
      type: 'hello',
      protocol: 1,
      server: expect.stringMatching(/^tidegauge\/\d+\.\d+\.\d+$/),
      epoch: expect.stringMatching(/^[\w-]{8}$/),
      time: expect.any(Number),
      demo: false,
      limits: {
        max_message_bytes: 4096,
        max_messages_per_10s: 100,
        max_pending_bytes: 1_048_576,
        update_interval_ms: 100,
        ping_interval_ms: 25_000,
        idle_timeout_ms: 60_000,
      },
    });
    expect(await client.next()).toMatchObject({ type: 'price_update', price: 87_412.5 });
  });

  test('a bare WebSocket gets no hello and otherwise the same; Node brings one of its own', async () => {
    const { stream, feed } = await start();
    feed.reading = WARMING;
    const socket = new globalThis.WebSocket(stream);
    const messages: Record<string, unknown>[] = [];
    await new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        messages.push(JSON.parse(String(data)) as Record<string, unknown>);
        if (messages.length === 3) resolve();
      });
    });
    const [first, second, third] = messages;
    expect(first).toMatchObject({ type: 'price_update', price: 87_412.5, status: 'live' });
    expect(third).toMatchObject({ price: null, low: null, confidence: 0, status: 'warming_up' });
    expect(second!.seq).toBe(Number(first!.seq) + 1);
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  });

  test('subscribe=none: nothing until it is asked for, and accepted at both addresses', async () => {
    const { stream } = await start();
    const client = await join(`${stream}?session=a&subscribe=none`, ['tidegauge.v1']);
    client.send({ type: 'ping', timestamp: 1 });
    expect([(await client.next()).type, (await client.next()).type]).toEqual(['hello', 'pong']);
    client.send({ subscribe: 'price' });
    expect(Object.keys(await client.next())).toEqual(['type', 'seq', 'data']);
    await join(`${stream.replace('mempool', 'heatmap')}?subscribe=none`);
    expect(await refusedUpgrade(`${stream}?subscribe=price`)).toMatchObject({
      status: 400,
      error: { code: 'INVALID_PARAMETER' },
    });
  });

  test('the demo is marked in every message', async () => {
    const { stream, feed } = await start({ demo: true });
    feed.view = { estimate: LIVE, blockHeight: 7, blockTimeSec: 8, points: [] };
    const client = await join(stream, ['tidegauge.v1']);
    expect(await client.next()).toMatchObject({ type: 'hello', demo: true });
    client.send({ subscribe: ['full', 'price', 'transactions', 'histogram', 'confirmed'] });
    for (const type of ['price_update', 'transactions', 'histogram', 'confirmed_update']) {
      expect(await client.nextOf(type)).toMatchObject({ demo: true });
    }
  });
});

describe('without a WebSocket', () => {
  test('polling tells the same, under the same epoch and sequences', async () => {
    const { stream, origin, feed } = await start();
    const client = await join(`${stream}?subscribe=none`);
    client.send({ subscribe: 'transactions' });
    const window = await client.next();
    const resume = `transactions:${String(window.epoch)}:${String(window.seq)}`;
    const url = `${origin}/api/v1/mempool?channels=transactions&resume=${resume}`;
    const poll = async (): Promise<unknown> => (await fetch(url)).json();
    expect(await poll()).toEqual({
      epoch: window.epoch,
      time: expect.any(Number),
      update_interval_ms: 100,
      messages: [],
    });
    feed.add(2);
    const delta = await client.next();
    expect(await poll()).toMatchObject({ messages: [delta] });
  });
});

describe('talking', () => {
  test('channels come and go', async () => {
    const { stream, feed } = await start();
    const client = await join(stream);
    await client.next();
    client.send({ subscribe: ['transactions', 'histogram'] });
    expect(await client.nextOf('transactions')).toMatchObject({ epoch: expect.any(String) });
    expect(await client.nextOf('histogram')).toMatchObject({ data: { counts: [5, 6, 7] } });
    feed.add(2);
    const delta = await client.nextOf('transactions');
    expect(delta).not.toHaveProperty('epoch');
    expect((delta.data as { points: unknown[] }).points).toHaveLength(2);
    client.send({ unsubscribe: 'transactions', subscribe: 'price' });
    await client.nextOf('price_update');
    feed.add(2);
    const rest = [await client.next(), await client.next(), await client.next()];
    expect(rest.map(({ type }) => type)).toEqual(Array.from({ length: 3 }, () => 'price_update'));
    expect(Object.keys(rest[0]!)).toEqual(['type', 'seq', 'data']);
  });

  test('ping in both forms, and the protocol ping', async () => {
    const { stream } = await start();
    const client = await join(stream);
    client.send({ action: 'ping' });
    client.send({ type: 'ping', timestamp: 12.5 });
    const pong = await client.nextOf('pong');
    expect(Date.parse(String(pong.timestamp))).toBeGreaterThan(1.7e12);
    expect(pong).not.toHaveProperty('echo');
    expect(await client.nextOf('pong')).toMatchObject({ echo: 12.5 });
    client.socket.ping('beat');
    const [data] = (await once(client.socket, 'pong')) as [Buffer];
    expect(data.toString()).toBe('beat');
  });

  test('errors name what was given and what is allowed; the connection goes on', async () => {
    const { stream } = await start();
    const client = await join(stream);
    const wrong: [unknown, string, RegExp][] = [
      ['hello?', 'INVALID_MESSAGE', /not JSON: hello\?/],
      [[1], 'INVALID_MESSAGE', /not an object/],
      [{ subscribe: 'heatmap' }, 'INVALID_MESSAGE', /"heatmap"; allowed: full, price/],
      [{ action: 'subscribe', symbols: ['X'] }, 'INVALID_ACTION', /"subscribe"/],
      [{ a: [[[[[[[[[1]]]]]]]]] }, 'INVALID_MESSAGE', /nested over 8 deep/],
    ];
    for (const [sent, code, message] of wrong) {
      client.send(sent);
      const error = await client.nextOf('error');
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    client.socket.send(Buffer.from([1, 2, 3]), { binary: true });
    expect(await client.nextOf('error')).toMatchObject({ code: 'INVALID_MESSAGE' });
    await client.nextOf('price_update');
  });

  test('the tenth error closes for good', async () => {
    const { stream } = await start();
    const client = await join(stream);
    for (let i = 0; i < 10; i++) client.send('nonsense');
    expect(await client.closed).toEqual({ code: 4500, reason: 'ten errors within 10 s' });
  });

  test('a flood is first refused and then closed with a hint, while others go on', async () => {
    const { stream } = await start();
    const [flooder, other] = [await join(stream), await join(stream)];
    for (let i = 0; i < 300; i++) flooder.send({ action: 'ping' });
    const error = await flooder.nextOf('error');
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retry_after_ms: expect.any(Number) });
    expect(await flooder.closed).toMatchObject({
      code: 4029,
      reason: expect.stringMatching(/^reconnect after \d+ ms$/),
    });
    await other.next();
    await other.next();
  });

  test('an oversized message, bad UTF-8 and a broken frame close as RFC 6455 says', async () => {
    const { stream } = await start({ config: { wsMaxMessageBytes: 512 } });
    const client = await join(stream);
    client.send('x'.repeat(512));
    await client.nextOf('error');
    client.send('x'.repeat(513));
    expect(await client.closed).toMatchObject({ code: 1009 });

    const text = await join(stream);
    text.socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    expect(await text.closed).toMatchObject({ code: 1007 });

    const broken = await join(stream);
    broken.socket.send('unmasked', { mask: false });
    expect(await broken.closed).toMatchObject({ code: 1002 });
  });
});

describe('refusals', () => {
  test('unknown subprotocol alone: 400', async () => {
    const { stream } = await start();
    expect(await refusedUpgrade(stream, ['graphql-ws'])).toMatchObject({
      status: 400,
      error: {
        code: 'UNKNOWN_SUBPROTOCOL',
        message: "unknown subprotocol 'graphql-ws'; allowed: tidegauge.v1 or none",
      },
    });
  });

  test('unknown path: 404', async () => {
    const { stream } = await start();
    expect(await refusedUpgrade(stream.replace('mempool', 'lobby'))).toMatchObject({
      status: 404,
      error: { message: expect.stringMatching(/^no WebSocket at \/ws\/lobby; allowed: \/ws\/me/) },
    });
  });

  test('pages of other origins: 403, unless they are listed', async () => {
    const { stream, origin } = await start({
      config: { allowedOrigins: ['https://good.example'] },
    });
    const from = (page: string) => ({ headers: { origin: page } });
    const { status, error } = await refusedUpgrade(stream, [], from('https://evil.example'));
    expect([status, error.code]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
    expect(error.message).toContain('https://evil.example');
    expect((await refusedUpgrade(stream, [], from('null'))).status).toBe(403);
    for (const page of ['https://good.example', origin]) await join(stream, [], from(page));
  });

  test('the eleventh connection from one address: 429, and again one when one has left', async () => {
    const { stream } = await start();
    for (let i = 0; i < 10; i++) await join(stream);
    const { status, headers, error } = await refusedUpgrade(stream);
    expect([status, headers['retry-after'], error.code]).toEqual([
      429,
      '30',
      'TOO_MANY_CONNECTIONS',
    ]);
    clients[0]!.socket.close();
    await clients[0]!.closed;
    await join(stream);
  });

  test('behind a trusted proxy each client is counted by its own address', async () => {
    const { stream, log } = await start({
      config: { trustedProxies: ['127.0.0.1'], wsMaxConnectionsPerIp: 1 },
    });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    await join(stream, [], from('203.0.113.1'));
    await join(stream, [], from('198.51.100.9, 203.0.113.2'));
    expect((await refusedUpgrade(stream, [], from('203.0.113.2'))).status).toBe(429);
    await join(stream, [], from('2001:db8:1:2:3::4'));
    expect((await refusedUpgrade(stream, [], from('2001:db8:1:2:ffff::1'))).status).toBe(429);
    expect(log.events('ws_connect').map(({ address }) => address)).toEqual([
      '203.0.113.1',
      '203.0.113.2',
      '2001:db8:1:2:3::4',
    ]);
  });

  test('X-Forwarded-For of anybody else is not believed', async () => {
    const { stream } = await start({ config: { wsMaxConnectionsPerIp: 1 } });
    await join(stream, [], { headers: { 'x-forwarded-for': '203.0.113.1' } });
    const other = { headers: { 'x-forwarded-for': '203.0.113.2' } };
    expect((await refusedUpgrade(stream, [], other)).status).toBe(429);
  });

  test('a full server, and one without WebSockets: 503', async () => {
    const { stream } = await start({ config: { wsMaxConnections: 1 } });
    await join(stream);
    const { status, headers, error } = await refusedUpgrade(stream);
    expect([status, headers['retry-after'], error.code]).toEqual([503, '30', 'SERVER_FULL']);
    await running?.server.drain();

    const off = await start({ config: { wsEnabled: false } });
    expect(await refusedUpgrade(off.stream)).toMatchObject({
      status: 503,
      error: { code: 'WEBSOCKETS_OFF' },
    });
  });

  test('what is no handshake: 400 in JSON', async () => {
    const { port } = await start();
    const handshake = (...lines: string[]) =>
      rawRequest(port, ['GET /ws/mempool HTTP/1.1', 'Host: x', 'Connection: Upgrade', ...lines]);
    const noKey = await handshake('Upgrade: websocket', 'Sec-WebSocket-Version: 13');
    expect(noKey).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(noKey).toContain('"code":"BAD_UPGRADE","message":"Missing or invalid Sec-WebSocket-Key');
    const old = await handshake('Upgrade: websocket', 'Sec-WebSocket-Version: 8');
    expect(old).toContain("Sec-WebSocket-Version is '8'; allowed: 13");
    const health = ['GET /health HTTP/1.1', 'Host: x', 'Connection: Upgrade, close'];
    expect(await rawRequest(port, [...health, 'Upgrade: h2c'])).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });
});

describe('a slow client', () => {
  /** A new view of 20,000 points each tick: half a MB, so that the kernel's buffers fill fast. */
  async function startHeavy(wsSlowConsumerTimeoutSec: number): Promise<Running> {
    const heavy = await start({ config: { wsSlowConsumerTimeoutSec } });
    const points = Array.from({ length: 20_000 }, (_, i) => ({
      timeSec: 1_767_225_600 + i,
      priceUsd: 50_000.5 + i,
      amountSats: 1000,
    }));
    let height = 0;
    heavy.feed.confirmed = () => ({
      estimate: LIVE,
      blockHeight: height++,
      blockTimeSec: 1,
      points,
    });
    return heavy;
  }

  async function subscribe(stream: string): Promise<Client> {
    const client = await join(stream);
    client.send({ subscribe: 'confirmed' });
    await client.nextOf('confirmed_update');
    return client;
  }

  test('that never reads is closed with 4008, and the others get everything meanwhile', async () => {
    const { stream, log } = await startHeavy(0.1);
    const [reader, silent] = [await subscribe(stream), await subscribe(stream)];
    silent.socket.pause();
    const seqs: number[] = [];
    while (log.events('slow_consumer').length === 0) {
      seqs.push(Number((await reader.nextOf('confirmed_update')).seq));
    }
    expect(Number(log.events('slow_consumer')[0]!.dropped)).toBeGreaterThan(0);
    expect(seqs).toEqual(Array.from(seqs, (_, i) => seqs[0]! + i));
    silent.socket.resume();
    expect(await silent.closed).toEqual({ code: 4008, reason: 'takes no messages' });
    expect(reader.socket.readyState).toBe(reader.socket.OPEN);
  });

  test('that reads again is told what it missed, and then has the newest', async () => {
    const { stream } = await startHeavy(1);
    const [reader, slow] = [await subscribe(stream), await subscribe(stream)];
    slow.socket.pause();
    let newest = 0;
    // 15 MB: more than the kernel holds for one connection.
    for (let i = 0; i < 30; i++) {
      newest = Number((await reader.nextOf('confirmed_update')).seq);
    }
    slow.socket.resume();
    const warning = await slow.nextOf('warning');
    expect(warning).toMatchObject({ code: 'SLOW_CONSUMER', dropped_messages: expect.any(Number) });
    expect(Number(warning.dropped_messages)).toBeGreaterThan(0);
    expect((await slow.nextOf('confirmed_update')).seq).toBeGreaterThanOrEqual(newest);
  });
});

describe('the end', () => {
  test('drain: clients are told when to come back, then nothing is open', async () => {
    const { server, stream, origin, source } = await start({ config: { drainSeconds: 0.1 } });
    const some = [await join(stream), await join(stream), await join(stream)];
    const drained = server.drain();
    expect((await fetch(`${origin}/health`)).status).toBe(503);
    for (const client of some) {
      expect(await client.closed).toEqual({
        code: 1012,
        reason: expect.stringMatching(/^reconnect after \d+ ms$/),
      });
    }
    await drained;
    expect(source.stopped).toBe(true);
    await expect(fetch(`${origin}/health`)).rejects.toThrow('fetch failed');
  });

  test('no new clients while draining', async () => {
    const { server, stream } = await start();
    // A client that does not answer the close keeps the drain going.
    const silent = await neverReading(Number(new URL(stream).port), {});
    const drained = server.drain();
    const { status, headers, error } = await refusedUpgrade(stream);
    expect([status, headers['retry-after'], error.code]).toEqual([503, '10', 'DRAINING']);
    silent.destroy();
    await drained;
  });
});

describe('the source', () => {
  test('its frames reach the pipeline, its loss the log, /health and every client', async () => {
    const { stream, source, frames, log, origin } = await start();
    source.events!.onFrame({ topic: 'rawtx', body: new Uint8Array(1), counter: 0, timeSec: 1 });
    expect(frames).toEqual(['rawtx']);
    const client = await join(stream);
    source.change({ state: 'lost', sinceSec: Date.now() / 1000 - 6, detail: 'no route to host' });
    const stale = await client.next(({ status }) => status === 'stale');
    expect(stale).toMatchObject({ price: 87_412.5, data: { as_of: expect.any(Number) } });
    const { as_of } = stale.data as { as_of: number };
    const price = (await (await fetch(`${origin}/api/v1/price`)).json()) as typeof stale;
    expect(price).toMatchObject({ status: 'stale', as_of });
    expect(price.timestamp).toBeGreaterThan(as_of);
    expect(await client.nextOf('warning')).toMatchObject({
      code: 'SOURCE_STALE',
      source: 'stand-in',
    });
    const polled: unknown = await (await fetch(`${origin}/api/v1/mempool?channels=price`)).json();
    expect(polled).toMatchObject({
      messages: [
        { type: 'warning', code: 'SOURCE_STALE', source: 'stand-in' },
        { type: 'price_update' },
      ],
    });
    const health: unknown = await (await fetch(`${origin}/health`)).json();
    expect(health).toMatchObject({
      status: 'degraded',
      price_status: 'stale',
      sources: { 'stand-in': { state: 'lost', detail: 'no route to host' } },
    });
    source.change({ state: 'connected', detail: null });
    await client.next(({ status }) => status === 'live');
    expect(log.events('source_lost')).toMatchObject([{ detail: 'no route to host' }]);
    expect(log.events('source_back')).toHaveLength(1);
  });

  test('stays live with a source that is up in part; health and the log say what is missing', async () => {
    const { stream, origin, source, log } = await start();
    const client = await join(stream);
    source.change({ state: 'connected', detail: 'no blocks come' });
    const health: unknown = await (await fetch(`${origin}/health`)).json();
    expect(health).toMatchObject({ status: 'degraded', price_status: 'live' });
    expect(await client.nextOf('price_update')).toMatchObject({ status: 'live' });
    source.change({ detail: null });
    expect(log.events('source_degraded')).toMatchObject([{ detail: 'no blocks come' }]);
    expect(log.events('source_whole')).toHaveLength(1);
    expect(log.events('source_connected')).toHaveLength(1);
  });
});

/** Sends lines as an HTTP head and resolves with everything that comes back. */
async function rawRequest(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

/** Opens a WebSocket by hand, sends one message and never reads again. */
async function neverReading(port: number, message: object): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(
    [
      'GET /ws/mempool HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      '\r\n',
    ].join('\r\n'),
  );
  await once(socket, 'data');
  socket.pause();
  const text = Buffer.from(JSON.stringify(message));
  // A masked text frame of under 126 bytes; a mask of zeros leaves the text as it is.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
  return socket;
}
