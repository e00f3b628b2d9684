/** The WebSocket for Node against the server's own library. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { NodeWebSocket } from '../src/node-socket.ts';
import { HeardSocket } from './heard-socket.ts';
import { selfSigned } from './self-signed.ts';

interface Meeting {
  readonly heard: HeardSocket;
  /** The server's end. */
  readonly peer: WebSocket;
}

async function listen(options: ServerOptions = {}): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return server;
}

function urlOf(server: WebSocketServer): string {
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws/mempool?session=a`;
}

async function meet(protocols: string[] = [], options: ServerOptions = {}): Promise<Meeting> {
  const server = await listen(options);
  const connected = once(server, 'connection');
  const heard = new HeardSocket(urlOf(server), protocols);
  const [peer] = (await connected) as [WebSocket];
  await heard.opened();
  return { heard, peer };
}

async function nextText(peer: WebSocket): Promise<string> {
  const [data] = (await once(peer, 'message')) as [Buffer];
  return data.toString();
}

describe('messages', () => {
  test.each([0, 5, 126, 65_536, 1_000_000])('of %d characters, both ways', async (length) => {
    const { heard, peer } = await meet();
    const text = 'é'.repeat(length);
    const came = nextText(peer);
    heard.socket.send(text);
    expect(await came).toBe(text);
    peer.send(text);
    expect(await heard.received(1)).toEqual([text]);
  });

  test('in the order they were sent, and the first with the handshake', async () => {
    const server = await listen();
    server.on('connection', (peer) => {
      for (let n = 0; n < 100; n += 1) peer.send(String(n));
    });
    const heard = new HeardSocket(urlOf(server));
    expect(await heard.received(100)).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
    expect(heard.events).toEqual(['open']);
  });

  test('in fragments, with pings in between that are answered', async () => {
    const { heard, peer } = await meet();
    peer.send('one ', { fin: false });
    const answered = once(peer, 'pong');
    peer.ping('here?');
    peer.send('two', { fin: true });
    expect(await heard.received(1)).toEqual(['one two']);
    expect(String((await answered)[0])).toBe('here?');
  });

  test('are heard by all who listen, first by the field', async () => {
    const { heard, peer } = await meet();
    const came: string[] = [];
    heard.socket.onmessage = () => came.push('field');
    heard.socket.addEventListener('message', () => came.push('one'));
    const last = new Promise<void>((resolve) => {
      heard.socket.addEventListener('message', () => resolve());
    });
    peer.send('to all');
    await last;
    expect(came).toEqual(['field', 'one']);
  });

  test('binary ones come as bytes', async () => {
    const { heard, peer } = await meet();
    peer.send(Buffer.from([1, 2]));
    expect(await heard.received(1)).toEqual([Buffer.from([1, 2])]);
  });

  test('cannot be sent before it is open, and are dropped once it closes', async () => {
    const server = await listen();
    const heard = new HeardSocket(urlOf(server));
    expect(() => heard.socket.send('early')).toThrow('before the WebSocket was open');
    const [peer] = (await once(server, 'connection')) as [WebSocket];
    const received: string[] = [];
    peer.on('message', (data) => received.push((data as Buffer).toString()));
    await heard.opened();
    heard.socket.close();
    heard.socket.send('late');
    await once(peer, 'close');
    expect(received).toEqual([]);
  });
});

describe('subprotocols', () => {
  test('the one that the server chose', async () => {
    const { peer } = await meet(['tidegauge.v1', 'tidegauge.auth.key'], {
      handleProtocols: () => 'tidegauge.v1',
    });
    expect(peer.protocol).toBe('tidegauge.v1');
  });

  test('none, though one was offered', async () => {
    const { peer } = await meet(['tidegauge.v1'], { handleProtocols: () => false });
    expect(peer.protocol).toBe('');
  });
});

describe('the end', () => {
  test.each([
    [1012, 'reconnect after 4687 ms'],
    [4008, 'slow three times in a row'],
    [1000, ''],
  ])('by the server with %d', async (code, reason) => {
    const { heard, peer } = await meet();
    const peerClosed = once(peer, 'close');
    peer.close(code, reason);
    expect(await heard.closed).toEqual({ code, reason });
    expect((await peerClosed)[0]).toBe(code);
    expect(heard.events).toEqual(['open', 'close']);
  });

  test('by the server without a code', async () => {
    const { heard, peer } = await meet();
    const peerClosed = once(peer, 'close');
    peer.close();
    expect(await heard.closed).toEqual({ code: 1005, reason: '' });
    expect((await peerClosed)[0]).toBe(1005);
  });

  test('by a cut', async () => {
    const { heard, peer } = await meet();
    peer.terminate();
    expect(await heard.closed).toEqual({ code: 1006, reason: '' });
  });

  test('by us, twice', async () => {
    const { heard, peer } = await meet();
    const peerClosed = once(peer, 'close');
    heard.socket.close();
    heard.socket.close();
    expect((await peerClosed)[0]).toBe(1000);
    expect((await heard.closed).code).toBe(1000);
    expect(heard.events).toEqual(['open', 'close']);
    heard.socket.close();
  });

  test('by us from a handler: what came with that message is not heard', async () => {
    const { heard, peer } = await meet();
    const came: unknown[] = [];
    heard.socket.onmessage = ({ data }) => {
      came.push(data);
      heard.socket.close();
    };
    peer.send('one');
    peer.send('two');
    await heard.closed;
    expect(came).toEqual(['one']);
  });

  test('before it was open', async () => {
    const server = await listen();
    const heard = new HeardSocket(urlOf(server));
    heard.socket.close();
    expect(heard.events).toEqual([]);
    expect(await heard.closed).toEqual({ code: 1006, reason: '' });
    expect(heard.events).toEqual(['error', 'close']);
    expect(server.clients.size).toBe(0);
  });
});

describe('addresses', () => {
  test('where nobody listens', async () => {
    const server = await listen();
    const url = urlOf(server);
    server.close();
    await once(server, 'close');
    const heard = new HeardSocket(url);
    expect(await heard.closed).toEqual({ code: 1006, reason: '' });
    expect(heard.events).toEqual(['error', 'close']);
  });

  test.each(['http://localhost', 'localhost:8000', 'no address', ''])('"%s" is none', (url) => {
    expect(() => new NodeWebSocket(url)).toThrow(TypeError);
  });

  test('wss: with a certificate that is trusted, and with one that is not', async () => {
    const { cert, key } = selfSigned();
    const https = createServer({ cert, key });
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    onTestFinished(() => void https.close());
    const server = new WebSocketServer({ server: https });
    server.on('connection', (peer) => peer.send('hello'));
    const url = `wss://127.0.0.1:${(https.address() as AddressInfo).port}/`;

    const stranger = new HeardSocket(url);
    expect(await stranger.closed).toEqual({ code: 1006, reason: '' });
    expect(stranger.events).toEqual(['error', 'close']);

    const authorities = getCACertificates('default');
    setDefaultCACertificates([...authorities, cert]);
    onTestFinished(() => setDefaultCACertificates(authorities));
    const heard = new HeardSocket(url);
    expect(await heard.received(1)).toEqual(['hello']);
    heard.socket.close();
    expect(await heard.closed).toEqual({ code: 1000, reason: '' });
  });
});
