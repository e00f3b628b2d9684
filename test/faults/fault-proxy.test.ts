import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../packages/server/src/clock.ts';
import { FAULT_KINDS, type Fault } from './fault.ts';
import { FaultProxy } from './fault-proxy.ts';
import { faultSchedule } from './fault-schedule.ts';

const STALL: Fault = {
  kind: 'stall',
  directions: ['up', 'down'],
  durationMs: 60_000,
  end: 'go on',
};

/** A server that sends back what it gets, and what it saw of its clients. */
class Echo {
  readonly server: Server;
  readonly sockets: Socket[] = [];
  readonly chunks: number[] = [];
  /** How each connection ended for the server, in order. */
  readonly ends: Promise<string>[] = [];

  private constructor() {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.sockets.push(socket);
      this.ends.push(endOf(socket));
      socket.on('data', (bytes) => {
        this.chunks.push(bytes.length);
        socket.write(bytes);
      });
    });
  }

  static async start(): Promise<Echo> {
    const echo = new Echo();
    await listen(echo.server);
    return echo;
  }
}

async function listen(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function proxyTo(targetPort: number): Promise<FaultProxy> {
  const proxy = await FaultProxy.start({ targetPort });
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** `end` for a FIN, else the system's code of what broke. */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('end', () => resolve('end'));
    socket.once('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? 'error'));
  });
}

async function connect(proxy: FaultProxy): Promise<Socket> {
  const socket = createConnection({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Through the proxy to the echo and back, so that the connection is known to stand. */
async function standing(): Promise<{ echo: Echo; proxy: FaultProxy; socket: Socket }> {
  const echo = await Echo.start();
  const proxy = await proxyTo((echo.server.address() as AddressInfo).port);
  const socket = await connect(proxy);
  socket.write('hello');
  expect(await received(socket, 5)).toBe('hello');
  return { echo, proxy, socket };
}

/** As long as a connection takes to stand, in which much can come through others. */
async function aWhile(proxy: FaultProxy): Promise<void> {
  (await connect(proxy)).destroy();
}

/** So many characters, once they are there. */
async function received(socket: Socket, count: number): Promise<string> {
  let text = '';
  while (text.length < count) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    text += bytes.toString('latin1');
  }
  return text;
}

describe('a connection through the proxy', () => {
  test('brings what is sent, both ways, and its end', async () => {
    const { echo, socket } = await standing();
    const large = 'x'.repeat(1_000_000);
    socket.write(large);
    expect(await received(socket, large.length)).toBe(large);
    socket.end();
    expect(await echo.ends[0]).toBe('end');
    const ended = endOf(socket);
    echo.sockets[0]!.end();
    expect(await ended).toBe('end');
  });

  test.each([
    ['fin', 'end'],
    ['rst', 'ECONNRESET'],
  ] as const)('is cut with %s', async (how, seen) => {
    const { echo, proxy, socket } = await standing();
    const ended = endOf(socket);
    proxy.network.apply({ kind: 'cut', how });
    expect([await ended, await echo.ends[0]]).toEqual([seen, seen]);
    expect(proxy.network.size).toBe(0);
  });

  test('a client that breaks off breaks it for the server', async () => {
    const { echo, socket } = await standing();
    socket.resetAndDestroy();
    expect(await echo.ends[0]).toBe('ECONNRESET');
  });

  test.each(['up', 'down'] as const)('is half-closed %s', async (direction) => {
    const { echo, proxy, socket } = await standing();
    const ended = endOf(socket);
    proxy.network.apply({ kind: 'half-close', direction });
    if (direction === 'up') {
      expect(await echo.ends[0]).toBe('end');
      echo.sockets[0]!.write('still');
      expect(await received(socket, 5)).toBe('still');
    } else {
      expect(await ended).toBe('end');
      socket.write('still');
      await once(echo.sockets[0]!, 'data');
    }
  });

  test('is cut within a message', async () => {
    const { echo, proxy, socket } = await standing();
    proxy.network.apply({ kind: 'cut-within', bytes: 7, durationMs: 60_000 });
    const ended = endOf(socket);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    echo.sockets[0]!.write('0123456789');
    expect(await ended).toBe('end');
    expect(text).toBe('0123456');
  });

  test('stalls, and goes on with everything that had waited', async () => {
    const { proxy, socket } = await standing();
    proxy.network.apply(STALL);
    socket.write('later');
    const other = await connect(proxy);
    other.write('other');
    let isEarly = true;
    const both = Promise.all([received(socket, 5), received(other, 5)]).then((texts) => {
      expect(isEarly).toBe(false);
      return texts;
    });
    // Without the stall both had long been back: the echo answers in the next turns.
    await aWhile(proxy);
    isEarly = false;
    proxy.network.calm();
    expect(await both).toEqual(['later', 'other']);
  });

  test('stalls, and is cut', async () => {
    const { echo, proxy, socket } = await standing();
    const ended = endOf(socket);
    proxy.network.apply({ ...STALL, durationMs: 5, end: 'cut' });
    socket.write('lost');
    expect(await ended).toBe('ECONNRESET');
    expect(echo.chunks).toEqual([5]);
  });

  test('a stalled one holds little, and then the sender waits', async () => {
    const { proxy, socket, echo } = await standing();
    proxy.network.apply(STALL);
    const bytes = 32 * 1024 * 1024;
    expect(socket.write(Buffer.alloc(bytes))).toBe(false);
    while (proxy.network.heldBytes < 65_536) await aWhile(proxy);
    for (let i = 0; i < 10; i++) await aWhile(proxy);
    expect(proxy.network.heldBytes).toBeLessThan(2 * 65_536);
    proxy.network.calm();
    let count = 0;
    socket.on('data', (chunk) => {
      count += chunk.length;
    });
    await once(socket, 'drain');
    while (count < bytes) await once(socket, 'data');
    expect(echo.chunks.reduce((sum, each) => sum + each)).toBe(5 + bytes);
  });

  test('what comes is delayed, in its order', async () => {
    const { proxy, socket } = await standing();
    proxy.network.apply({ kind: 'delay', latencyMs: 5, jitterMs: 20, durationMs: 60_000 });
    let sent = '';
    for (let i = 0; i < 20; i++) {
      const word = `${i} `;
      sent += word;
      await new Promise((resolve) => socket.write(word, resolve));
    }
    expect(await received(socket, sent.length)).toBe(sent);
  });

  test('trickles', async () => {
    const { echo, proxy, socket } = await standing();
    proxy.network.apply({ kind: 'trickle', bytes: 3, everyMs: 1, durationMs: 60_000 });
    socket.write('0123456789');
    expect(await received(socket, 10)).toBe('0123456789');
    expect(Math.max(...echo.chunks.slice(1))).toBeLessThanOrEqual(10);
    expect(echo.chunks.slice(1).length).toBeGreaterThan(1);
  });

  test('is refused for a while', async () => {
    const { proxy } = await standing();
    proxy.network.apply({ kind: 'refuse', durationMs: 60_000 });
    const refused = createConnection({ host: '127.0.0.1', port: proxy.port });
    expect(await endOf(refused)).toBe('ECONNRESET');
    proxy.network.calm();
    const socket = await connect(proxy);
    socket.write('again');
    expect(await received(socket, 5)).toBe('again');
    expect([proxy.taken, proxy.refused]).toEqual([2, 1]);
  });

  test('is reset when there is no server', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const socket = await connect(await proxyTo(port));
    expect(await endOf(socket)).toBe('ECONNRESET');
  });
});

test('HTTP and WebSockets come through', async () => {
  const http = createHttpServer((_request, response) => response.end('answer'));
  const webSockets = new WebSocketServer({ server: http });
  webSockets.on('connection', (each) =>
    each.on('message', (data: Buffer) => each.send(data.toString())),
  );
  const proxy = await proxyTo(await listen(http));
  expect(await (await fetch(`http://127.0.0.1:${proxy.port}/`)).text()).toBe('answer');
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/`);
  await once(socket, 'open');
  socket.send('echo');
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(data.toString()).toBe('echo');
  socket.close();
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1005);
});

test('a stop leaves no socket and no timer', async () => {
  const { proxy, socket } = await standing();
  proxy.network.run([{ atMs: 60_000, fault: { kind: 'cut', how: 'fin' } }]);
  proxy.network.apply(STALL);
  const ended = endOf(socket);
  await proxy.stop();
  expect(await ended).toBe('ECONNRESET');
  expect(proxy.network.size).toBe(0);
  proxy.network.run([]);
});

describe('a schedule', () => {
  const plan = { durationMs: 600_000, faultMsMax: 60_000, calmMsMax: 30_000 };

  test('is the same for the same seed', () => {
    expect(faultSchedule(7, plan)).toEqual(faultSchedule(7, plan));
    expect(faultSchedule(8, plan)).not.toEqual(faultSchedule(7, plan));
  });

  test('is over in time, and over several seeds has every kind', () => {
    const schedules = [1, 2, 3, 4, 5].map((seed) => faultSchedule(seed, plan));
    for (const { atMs, fault } of schedules.flat()) {
      const lastsMs = 'durationMs' in fault ? fault.durationMs : 0;
      expect(atMs + lastsMs).toBeLessThanOrEqual(plan.durationMs);
    }
    const kinds = new Set(schedules.flat().map(({ fault }) => fault.kind));
    expect([...kinds].toSorted()).toEqual(FAULT_KINDS.toSorted());
  });

  test('runs, each fault at its time, and calm() ends it', async () => {
    const { proxy } = await standing();
    const seen: string[] = [];
    const schedule = [
      { atMs: 1, fault: { kind: 'delay', latencyMs: 1, jitterMs: 0, durationMs: 1 } },
      { atMs: 5, fault: { kind: 'refuse', durationMs: 60_000 } },
      { atMs: 60_000, fault: { kind: 'cut', how: 'fin' } },
    ] as const;
    await new Promise<void>((resolve) => {
      proxy.network.run(schedule, ({ kind }) => {
        seen.push(kind);
        if (kind === 'refuse') systemClock.after(0, resolve);
      });
    });
    proxy.network.calm();
    expect(seen).toEqual(['delay', 'refuse']);
    expect(proxy.network.conditions.refuses).toBe(false);
    expect([...proxy.network.counts]).toEqual([
      ['delay', 1],
      ['refuse', 1],
    ]);
  });
});
