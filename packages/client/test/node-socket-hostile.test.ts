/** The WebSocket for Node against servers that are wrong, silent or gone. */
import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  eachByte,
  frame,
  PING,
  PONG,
  TEXT,
} from '../../../test/conformance/frame.ts';
import { HeardSocket } from './heard-socket.ts';
import { type RawConnection, RawServer } from './raw-server.ts';

const CUT = { code: 1006, reason: '' };

async function meet(): Promise<{ heard: HeardSocket; server: RawConnection }> {
  const raw = await RawServer.start();
  const heard = new HeardSocket(`${raw.url}/ws/mempool`);
  const server = await raw.connection();
  server.write(server.answer());
  await heard.opened();
  return { heard, server };
}

function serverFrame(opcode: number, payload: string | Buffer = '', fin = true): Buffer {
  return frame(opcode, payload, { masked: false, fin });
}

describe('the handshake', () => {
  test('asks as RFC 6455, 4.1 has it', async () => {
    const raw = await RawServer.start();
    const heard = new HeardSocket(`${raw.url}/ws/mempool?session=a&x=%C3%A9#part`, ['one', 'two']);
    const server = await raw.connection();
    expect(server.head).toMatch(/^GET \/ws\/mempool\?session=a&x=%C3%A9 HTTP\/1\.1\r\n/);
    expect(server.header('host')).toBe(raw.url.replace('ws://', ''));
    expect(server.header('upgrade')).toBe('websocket');
    expect(server.header('connection')).toBe('Upgrade');
    expect(server.header('sec-websocket-version')).toBe('13');
    expect(Buffer.from(server.header('sec-websocket-key')!, 'base64')).toHaveLength(16);
    expect(server.header('sec-websocket-protocol')).toBe('one, two');
    expect(server.header('sec-websocket-extensions')).toBe('permessage-deflate');
    server.write(server.answer({ 'sec-websocket-protocol': 'two' }));
    await heard.opened();
  });

  test('takes an answer by the byte, in any case, with the first frames behind it', async () => {
    const raw = await RawServer.start();
    const heard = new HeardSocket(raw.url);
    const server = await raw.connection();
    const answer = server.answer({ upgrade: 'WebSocket', connection: 'keep-alive, UPGRADE' });
    const bytes = Buffer.concat([answer, serverFrame(TEXT, 'one'), serverFrame(TEXT, 'two')]);
    for (const byte of eachByte(bytes)) {
      server.write(byte);
      await immediate();
    }
    expect(await heard.received(2)).toEqual(['one', 'two']);
    expect(heard.events).toEqual(['open']);
  });

  test.each<[string, Record<string, string | null>]>([
    ['another key', { 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' }],
    ['no key', { 'sec-websocket-accept': null }],
    ['another protocol', { upgrade: 'h2c' }],
    ['no connection', { connection: null }],
    ['a connection that is kept', { connection: 'keep-alive' }],
    ['a subprotocol that was not offered', { 'sec-websocket-protocol': 'tidegauge.v2' }],
    ['an extension that was not offered', { 'sec-websocket-extensions': 'x-webkit-deflate-frame' }],
    [
      'a window for us',
      { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits=9' },
    ],
  ])('does not take %s', async (_, changes) => {
    const raw = await RawServer.start();
    const heard = new HeardSocket(raw.url, ['tidegauge.v1']);
    const server = await raw.connection();
    server.write(server.answer(changes), serverFrame(TEXT, 'early'));
    expect(await heard.closed).toEqual(CUT);
    await server.ended();
    expect(heard.events).toEqual(['error', 'close']);
    expect(heard.messages).toEqual([]);
  });

  test.each([200, 204, 400, 401, 403, 404, 426, 429, 500, 503])('status %d', async (status) => {
    const raw = await RawServer.start();
    const heard = new HeardSocket(raw.url);
    const server = await raw.connection();
    server.write(`HTTP/1.1 ${status} No\r\ncontent-length: 100000\r\n\r\nthe rest never comes`);
    expect(await heard.closed).toEqual(CUT);
    await server.ended();
    expect(heard.events).toContain('error');
  });

  test('goes nowhere else', async () => {
    const raw = await RawServer.start();
    const elsewhere = await RawServer.start();
    const heard = new HeardSocket(raw.url);
    const server = await raw.connection();
    server.write(`HTTP/1.1 302 Found\r\nlocation: ${elsewhere.url}\r\n\r\n`);
    expect(await heard.closed).toEqual(CUT);
    expect(elsewhere.connections).toBe(0);
  });

  test.each(['SSH-2.0-OpenSSH_9.2\r\n', '\x00\xff\x00\xff', 'HTTP/1.1 101'])(
    'of no HTTP: %j',
    async (bytes) => {
      const raw = await RawServer.start();
      const heard = new HeardSocket(raw.url);
      const server = await raw.connection();
      server.socket.end(bytes);
      expect(await heard.closed).toEqual(CUT);
    },
  );

  test.each(['', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'])(
    'that never ends (%j) is ended by us',
    async (bytes) => {
      const raw = await RawServer.start();
      const heard = new HeardSocket(raw.url);
      const server = await raw.connection();
      server.write(bytes);
      heard.socket.close();
      expect(await heard.closed).toEqual(CUT);
      await server.ended();
    },
  );
});

describe('frames', () => {
  test('by the byte', async () => {
    const { heard, server } = await meet();
    const bytes = [
      serverFrame(TEXT, 'κόσ', false),
      serverFrame(PING),
      serverFrame(CONTINUATION, 'με'),
    ];
    for (const byte of eachByte(Buffer.concat(bytes))) {
      server.write(byte);
      await immediate();
    }
    expect(await heard.received(1)).toEqual(['κόσμε']);
    expect(await server.frame()).toMatchObject({ opcode: PONG, masked: true });
  });

  test.each<[number, string, Buffer]>([
    [1002, 'a mask', frame(TEXT, 'x')],
    [1002, 'an opcode that nobody knows', serverFrame(0x3)],
    [1007, 'no UTF-8', serverFrame(TEXT, Buffer.from([0xff]))],
    [1009, '4 GiB', frame(BINARY, '', { masked: false, declaredLength: 2n ** 32n })],
  ])('%d for %s', async (code, _, bytes) => {
    const { heard, server } = await meet();
    server.write(serverFrame(TEXT, 'good'), bytes, serverFrame(TEXT, 'late'));
    const told = await server.frame();
    expect(told.opcode).toBe(CLOSE);
    expect(told.payload.readUInt16BE()).toBe(code);
    await server.ended();
    server.socket.end();
    expect(await heard.closed).toEqual({ code, reason: expect.stringMatching(/\w/) });
    expect(heard.messages).toEqual(['good']);
    expect(heard.events).toEqual(['open', 'error', 'close']);
  });

  test('each under a mask of its own', async () => {
    const { heard, server } = await meet();
    heard.socket.send('same');
    heard.socket.send('same');
    const [one, two] = [await server.frame(), await server.frame()];
    expect(one.payload.toString()).toBe('same');
    expect(two.payload.toString()).toBe('same');
    expect(one.maskKey).not.toEqual(two.maskKey);
  });

  test('a server that pings and never reads fills no memory', async () => {
    const { heard, server } = await meet();
    server.socket.pause();
    const pings = Buffer.concat(
      Array.from({ length: 1_000 }, () => serverFrame(PING, 'x'.repeat(125))),
    );
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 200; n += 1) {
      if (!server.socket.write(pings))
        await new Promise((resume) => server.socket.once('drain', resume));
    }
    server.write(serverFrame(TEXT, 'done'));
    await heard.received(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });
});

describe('the end', () => {
  test('by the server is answered, and ended by us if not by the server', async () => {
    const { heard, server } = await meet();
    // Only what is bound to happen: the wait for a server that does nothing never ends here.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    server.write(serverFrame(CLOSE, Buffer.from([0x03, 0xf4])));
    expect((await server.frame()).payload).toEqual(Buffer.from([0x03, 0xf4]));
    await server.ended();
    server.socket.end();
    expect(await heard.closed).toEqual({ code: 1012, reason: '' });
  });

  test('within a frame is a cut', async () => {
    const { heard, server } = await meet();
    server.socket.end(serverFrame(TEXT, 'broken off').subarray(0, 5));
    expect(await heard.closed).toEqual(CUT);
    expect(heard.events).toEqual(['open', 'close']);
  });

  test('by a reset', async () => {
    const { heard, server } = await meet();
    server.socket.resetAndDestroy();
    expect(await heard.closed).toEqual(CUT);
    expect(heard.events).toEqual(['open', 'error', 'close']);
  });

  test('by us, of a server that neither answers nor ends', async () => {
    const { heard, server } = await meet();
    heard.socket.close();
    expect((await server.frame()).opcode).toBe(CLOSE);
    expect(await heard.closed).toEqual(CUT);
  });

  test('by us, while the server goes on', async () => {
    const { heard, server } = await meet();
    heard.socket.close();
    heard.socket.close();
    heard.socket.send('late');
    expect((await server.frame()).payload).toEqual(Buffer.from([0x03, 0xe8]));
    server.write(serverFrame(TEXT, 'late'), serverFrame(PING), serverFrame(CLOSE));
    await server.ended();
    server.socket.end();
    expect((await heard.closed).code).toBe(1005);
    expect(heard.messages).toEqual([]);
    await expect(server.frame()).rejects.toThrow('ended before that');
  });

  test('of a server that ends its side and takes nothing', async () => {
    const { heard, server } = await meet();
    server.socket.pause();
    server.socket.end();
    heard.socket.send('x'.repeat(8_000_000));
    expect(await heard.closed).toEqual(CUT);
  });
});
