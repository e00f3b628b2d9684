/** permessage-deflate on real sockets: what is agreed on, and that what arrives was published. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import zlib, { type InflateRaw } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { Inflater, readFrames } from '../hub/frame-reader.ts';
import { bundleOf, type PublishingOptions, PublishingServer } from './publishing-server.ts';
import { LAST, listeners, tell } from './told-stream.ts';

let server: PublishingServer;
const sockets: { close(): void }[] = [];

async function start(options: PublishingOptions = {}): Promise<void> {
  server = await PublishingServer.start(options);
}

afterEach(async () => {
  vi.restoreAllMocks();
  for (const socket of sockets.splice(0)) socket.close();
  await server.stop();
});

interface Texts {
  readonly texts: readonly string[];
  /** Resolves with the last message of a told stream. */
  readonly end: Promise<void>;
}

/** A client of `ws`. */
function wsClient(options: ClientOptions = {}): Texts & { readonly socket: WebSocket } {
  const socket = new WebSocket(server.url, options);
  sockets.push(socket);
  const texts: string[] = [];
  const end = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      texts.push(data.toString());
      if (texts.at(-1) === LAST) resolve();
    });
  });
  end.catch(() => {}); // Not everybody waits for it.
  return { socket, texts, end };
}

/** A client that is part of Node. */
function nodeClient(): Texts {
  const socket = new globalThis.WebSocket(server.url);
  sockets.push(socket);
  const texts: string[] = [];
  const end = new Promise<void>((resolve, reject) => {
    socket.addEventListener('error', () => reject(new Error('the connection failed')));
    socket.addEventListener('message', ({ data }) => {
      texts.push(String(data));
      if (texts.at(-1) === LAST) resolve();
    });
  });
  return { texts, end };
}

/** A connection whose handshake is made by hand. */
function raw(extensions: string | null): Socket {
  const socket = connect(server.port, '127.0.0.1');
  const lines = [
    'GET / HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  if (extensions !== null) lines.push(`Sec-WebSocket-Extensions: ${extensions}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return socket;
}

/** Resolves with the answer to a handshake and what follows, once it is of so many bytes. */
async function handshake(
  extensions: string | null,
  bytes = 1,
): Promise<{ head: string; body: Buffer }> {
  const socket = raw(extensions);
  let all = Buffer.alloc(0);
  for await (const chunk of socket) {
    all = Buffer.concat([all, chunk as Buffer]);
    const at = all.indexOf('\r\n\r\n') + 4;
    if (at > 4 && all.length - at >= bytes) break;
  }
  const at = all.indexOf('\r\n\r\n') + 4;
  return { head: all.toString('latin1', 0, at), body: all.subarray(at) };
}

const CLIENTS: [string, () => Texts][] = [
  ['ws', () => wsClient()],
  ['ws without takeover', () => wsClient({ perMessageDeflate: { serverNoContextTakeover: true } })],
  ['ws with 9 bits', () => wsClient({ perMessageDeflate: { serverMaxWindowBits: 9 } })],
  ['ws with 12 bits', () => wsClient({ perMessageDeflate: { serverMaxWindowBits: 12 } })],
  ['ws with 15 bits', () => wsClient({ perMessageDeflate: { serverMaxWindowBits: 15 } })],
  ['ws with 8 bits', () => wsClient({ perMessageDeflate: { serverMaxWindowBits: 8 } })],
  ['ws that offers nothing', () => wsClient({ perMessageDeflate: false })],
  ['Node', nodeClient],
];

describe('what arrives is what was published, with joiners, skips and private messages', () => {
  test.each(CLIENTS)('%s', async (_, join) => {
    await start();
    const clients = [];
    const opened = [];
    for (let i = 0; i < 5; i++) {
      clients.push(join());
      opened.push((await server.opened(i)).socket);
    }
    const published = tell(listeners(opened));
    await Promise.all(clients.map(({ end }) => end));
    // Compared one by one: a difference in 60 KB is not to be printed.
    for (const [i, { texts }] of clients.entries()) {
      expect(texts.length).toBe(published[i]!.length);
      expect(texts.every((text, j) => text === published[i]![j])).toBe(true);
    }
  });

  test('clients of all kinds at once', async () => {
    await start();
    const clients = [];
    const opened = [];
    for (const [i, [, join]] of [...CLIENTS, ...CLIENTS].entries()) {
      clients.push(join());
      opened.push((await server.opened(i)).socket);
    }
    const published = tell(listeners(opened));
    await Promise.all(clients.map(({ end }) => end));
    for (const [i, { texts }] of clients.entries()) {
      expect(texts.every((text, j) => text === published[i]![j])).toBe(true);
    }
  });
});

describe('the handshake', () => {
  test.each([
    [null, null],
    ['x-webkit-deflate-frame', null],
    ['permessage-deflate; unknown=1', null],
    ['permessage-deflate', 'permessage-deflate; client_no_context_takeover'],
    [
      'permessage-deflate; client_max_window_bits',
      'permessage-deflate; client_no_context_takeover; client_max_window_bits=10',
    ],
    [
      'permessage-deflate; client_max_window_bits=9',
      'permessage-deflate; client_max_window_bits=9; client_no_context_takeover',
    ],
    [
      'permessage-deflate; unknown, permessage-deflate; server_no_context_takeover',
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    ],
    [
      'permessage-deflate; server_max_window_bits=11; client_max_window_bits=12',
      'permessage-deflate; server_max_window_bits=11; client_no_context_takeover; client_max_window_bits=10',
    ],
  ])('offered %s, answered %s', async (offered, answered) => {
    await start({ onOpened: (socket) => socket.send('x') });
    const { head } = await handshake(offered);
    const line = /^sec-websocket-extensions: (.*)$/im.exec(head)?.[1] ?? null;
    const parts = (text: string | null) => text?.split('; ').toSorted() ?? null;
    expect(parts(line)).toEqual(parts(answered));
    expect(head).toMatch(/^HTTP\/1.1 101 /);
  });

  test('a header that breaks the grammar fails it', async () => {
    await start();
    const { head, body } = await handshake('permessage-deflate; =');
    expect(head).toMatch(/^HTTP\/1.1 400 /);
    expect(body.toString()).toContain(
      "Sec-WebSocket-Extensions is 'permessage-deflate; ='; allowed: ",
    );
  });

  test('its answer and all that a client begins with come in one write', async () => {
    const text = 'y'.repeat(2_000);
    let unsent = -1;
    await start({
      onOpened: (socket) => {
        socket.send('hello');
        socket.publish(bundleOf(text));
        unsent = socket.unsentBytes;
      },
    });
    const socket = raw(null);
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    const frames = readFrames(first.subarray(first.indexOf('\r\n\r\n') + 4));
    expect(frames.map(({ payload }) => payload.toString())).toEqual(['hello', text]);
    expect(unsent).toBe(0);
  });

  test('a first message that the kernel does not take is told of when it has left', async () => {
    const text = 'z'.repeat(16 * 1024 * 1024);
    await start({ onOpened: (socket) => socket.send(text) });
    const { socket: client } = wsClient();
    const { socket, heard } = await server.opened();
    expect(socket.unsentBytes).toBeGreaterThan(text.length);
    const [data] = (await once(client, 'message')) as [Buffer];
    expect(data.length).toBe(text.length);
    await server.until(() => heard.drained === 1);
    expect(socket.unsentBytes).toBe(0);
  });

  test('WS_COMPRESSION=false: nothing is agreed on, nothing compressed', async () => {
    await start({
      compression: false,
      onOpened: (socket) => socket.publish(bundleOf('a'.repeat(300))),
    });
    const { head, body } = await handshake('permessage-deflate', 304);
    expect(head).not.toMatch(/sec-websocket-extensions/i);
    expect(readFrames(body)).toMatchObject([{ rsv1: false, payload: Buffer.alloc(300, 'a') }]);
  });
});

describe('on the wire', () => {
  const text = JSON.stringify(Array.from({ length: 3_000 }, (_, i) => (i * 7919) % 10_007));

  test('published messages are compressed with the ones before, private ones not at all', async () => {
    await start({
      onOpened: (socket) => {
        socket.publish(bundleOf(text));
        socket.send(text);
        socket.publish(bundleOf(text, text));
      },
    });
    const all = 2_000 + text.length;
    const { body } = await handshake('permessage-deflate', all);
    const frames = readFrames(body);
    expect(frames.map(({ rsv1 }) => rsv1)).toEqual([true, false, true, true]);
    const inflater = new Inflater(true, 15);
    expect(frames.every((frame) => inflater.message(frame) === text)).toBe(true);
    for (const later of frames.slice(2)) expect(later.payload.length).toBeLessThan(200);
  });
});

describe('what clients send compressed', () => {
  test('is heard as it was, message for message', async () => {
    await start();
    const { socket } = wsClient({ perMessageDeflate: { threshold: 0 } });
    const [{ heard }] = await Promise.all([server.opened(), once(socket, 'open')]);
    const texts = ['{"action":"ping"}', '{"action":"ping"}', 'ü'.repeat(2_000), ''];
    for (const text of texts) socket.send(text);
    await server.until(() => heard.messages.length === texts.length);
    expect(heard.messages).toEqual(texts);
  });

  test('leaves nothing behind: what inflated it is let go of', async () => {
    const made = vi.spyOn(zlib, 'createInflateRaw');
    await start();
    const { socket } = wsClient({ perMessageDeflate: { threshold: 0 } });
    const [{ heard }] = await Promise.all([server.opened(), once(socket, 'open')]);
    for (let count = 1; count <= 3; count++) {
      socket.send('{"action":"ping"}');
      await server.until(() => heard.messages.length === count);
    }
    expect(made.mock.results.map(({ value }) => (value as InflateRaw).destroyed)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('a message that inflates to more than is allowed closes with 1009', async () => {
    await start({ messageBytesMax: 4096 });
    const { socket } = wsClient({ perMessageDeflate: { threshold: 0 } });
    const [{ heard }] = await Promise.all([server.opened(), once(socket, 'open')]);
    // 130 bytes on the wire.
    socket.send('a'.repeat(100_000));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
    await server.until(() => heard.closedCode !== null);
    expect(heard.messages).toEqual([]);
  });

  test('what does not inflate closes with 1007', async () => {
    await start();
    const socket = raw('permessage-deflate');
    await once(socket, 'data');
    const frame = [0xc1, 0x84, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
    socket.write(Buffer.from(frame));
    const [close] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect([...close.subarray(0, 4)]).toEqual([0x88, 2, 0x03, 0xef]);
  });
});
