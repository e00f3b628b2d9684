/** Connections that ask for nothing, on real sockets. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import { WaitingConnections, waitingLimits } from '../../src/http/waiting-connections.ts';
import { Client, type Running, run } from '../http-harness.ts';

const sockets: Socket[] = [];
let running: Running | null = null;
let server: Server | null = null;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await running?.server.drain();
  running = null;
  server?.close();
  server = null;
});

/** A connection to this machine; `from` needs a system on which all of 127.0.0.0/8 is its own. */
async function open(port: number, from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

describe('by itself', () => {
  /** Connections as the server sees them, in the order in which they were opened. */
  async function accepted(count: number): Promise<Socket[]> {
    const seen: Socket[] = [];
    server = createServer((socket) => void seen.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (let i = 0; i < count; i++) {
      const came = once(server, 'connection');
      await open(port);
      await came;
    }
    sockets.push(...seen);
    return seen;
  }

  const ONE = { max: 100, perAddressMax: 2 };

  test('the one of its address that has waited longest goes', async () => {
    const [a, b, c] = await accepted(3);
    const waiting = new WaitingConnections(ONE, () => 'x');
    for (const socket of [a!, b!, c!]) waiting.opened(socket);
    expect([a!.destroyed, b!.destroyed, c!.destroyed]).toEqual([true, false, false]);
    expect(waiting.size).toBe(2);
  });

  test('one with a request at work is no such; after its answer it waits as the newest', async () => {
    const [a, b, c, d] = await accepted(4);
    const waiting = new WaitingConnections(ONE, () => 'x');
    waiting.opened(a!);
    waiting.requestBegan(a!);
    waiting.requestBegan(a!);
    waiting.opened(b!);
    waiting.opened(c!);
    waiting.requestEnded(a!);
    expect([a!.destroyed, b!.destroyed, c!.destroyed]).toEqual([false, false, false]);
    waiting.requestEnded(a!);
    waiting.opened(d!);
    expect([a!.destroyed, b!.destroyed, c!.destroyed]).toEqual([false, true, true]);
  });

  test('those of a proxy count in all, not by its address', async () => {
    const seen = await accepted(6);
    const waiting = new WaitingConnections({ max: 4, perAddressMax: 2 }, () => null);
    for (const socket of seen) waiting.opened(socket);
    expect(seen.map(({ destroyed }) => destroyed)).toEqual([true, true, ...Array(4).fill(false)]);
  });

  test('nothing is held of those that are gone, or that became WebSockets', async () => {
    const [a, b, c] = await accepted(3);
    const waiting = new WaitingConnections(ONE, () => 'x');
    for (const socket of [a!, b!]) waiting.opened(socket);
    waiting.left(a!);
    expect(waiting.size).toBe(1);
    b!.destroy();
    await once(b!, 'close');
    expect(waiting.size).toBe(0);
    waiting.requestEnded(a!);
    waiting.requestEnded(b!);
    waiting.opened(c!);
    expect([waiting.size, a!.destroyed]).toEqual([1, false]);
  });

  test('there is room for all clients at once, and for browsers besides', () => {
    expect(waitingLimits(1000, 10)).toEqual({ max: 2024, perAddressMax: 74 });
    expect(waitingLimits(20_000, 500)).toEqual({ max: 21_024, perAddressMax: 564 });
    expect(waitingLimits(0, 0)).toEqual({ max: 65_536, perAddressMax: 0 });
  });
});

describe('on a server', () => {
  async function start(config: Partial<Config> = {}): Promise<Running> {
    running = await run({ config });
    return running;
  }

  /** Begins a request and never ends it. */
  async function slowLoris(port: number, count: number): Promise<Socket[]> {
    const slow: Socket[] = [];
    for (let i = 0; i < count; i++) {
      const socket = await open(port);
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      slow.push(socket);
    }
    return slow;
  }

  test('500 half-open connections of one address: 74 stay, and nobody else is kept out', async () => {
    const { port, stream, origin } = await start();
    const slow = await slowLoris(port, 500);
    const cut = slow.slice(0, 426);
    for (const socket of cut) if (!socket.closed) await once(socket, 'close');
    expect(slow.slice(426).map(({ destroyed }) => destroyed)).toEqual(Array(74).fill(false));

    const other = get({ port, host: '127.0.0.1', path: '/health', localAddress: '127.0.0.2' });
    const [answer] = (await once(other, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.destroy();
    const client = await new Client(stream, [], { localAddress: '127.0.0.3' }).opened();
    client.socket.terminate();
    // Not even the address itself: who asks at once does not wait long enough to be cut.
    expect((await fetch(`${origin}/health`)).status).toBe(200);
  });

  test('a trusted proxy may keep as many as it needs', async () => {
    const { port } = await start({ trustedProxies: ['127.0.0.1'] });
    const slow = await slowLoris(port, 100);
    const [last] = slow.slice(-1);
    last!.write('\r\n\r\n');
    await once(last!, 'data');
    expect(slow.filter(({ destroyed }) => destroyed)).toHaveLength(0);
  });

  test('WebSockets are none of them', async () => {
    const { port, stream } = await start();
    const client = await new Client(stream).opened();
    await slowLoris(port, 100);
    expect(await client.nextOf('price_update')).toMatchObject({ type: 'price_update' });
    client.socket.terminate();
  });

  test('a connection kept open for the next request is one of them while it is idle', async () => {
    const { port } = await start();
    const kept = await open(port);
    const ask = async (): Promise<void> => {
      kept.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(kept, 'data');
    };
    await ask();
    await slowLoris(port, 60);
    await ask();
    await slowLoris(port, 73);
    await ask();
    const closed = once(kept, 'close');
    await slowLoris(port, 74);
    await closed;
  });
});
