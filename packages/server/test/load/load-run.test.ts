/** The load generator against the real server, and against stand-ins that do what it must not. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HEATMAP_PATH } from '@tidegauge/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { type PerMessageDeflateOptions, type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/clock.ts';
import type { LoadPlan } from '../../src/load/load-plan.ts';
import { type LoadReport, loadReport } from '../../src/load/load-report.ts';
import { LoadRun } from '../../src/load/load-run.ts';
import { runLoad } from '../../src/load/run-load.ts';
import type { VenueEvent } from '../../src/sources/venue.ts';
import { type Running, type RunOptions, run as runServer } from '../http-harness.ts';

const CANDLE_SEC = 300;
const UNLIMITED = { wsMaxConnections: 0, wsMaxConnectionsPerIp: 0 };
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function startServer(options: RunOptions['config'] = {}): Promise<Running> {
  const running = await runServer({ config: { ...UNLIMITED, ...options } });
  ends.push(() => running.server.drain());
  return running;
}

/** Closed candles with open interest: enough for a map. */
function candlesUntilNow(candles: number): VenueEvent[] {
  const endSec = Math.floor(Date.now() / 1000 / CANDLE_SEC) * CANDLE_SEC;
  return Array.from({ length: candles }, (_, i): VenueEvent[] => {
    const timeSec = endSec - (candles - i) * CANDLE_SEC;
    const close = 90_000 + 100 * (i % 7);
    const candle = { timeSec, open: close, high: close + 90, low: close - 90, close, volume: 50 };
    const sample = { timeSec: timeSec + CANDLE_SEC, usd: 8e9 };
    return [
      { kind: 'candle', symbol: 'BTCUSDT', candle, closed: true },
      { kind: 'open_interest', symbol: 'BTCUSDT', sample },
    ];
  }).flat();
}

/** A server that does as the test wants with each client. @returns its port */
async function startStandIn(
  welcome: (client: WebSocket) => void,
  perMessageDeflate: boolean | PerMessageDeflateOptions = false,
): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
  await once(server, 'listening');
  server.on('connection', welcome);
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

type LetIn = (isAllowed: boolean) => void;

/** A server that lets some clients in at once, and holds the handshakes of all others. */
async function startHoldingStandIn(atOnce: number): Promise<{ port: number; held: LetIn[] }> {
  const held: LetIn[] = [];
  let asked = 0;
  const verifyClient = (_: unknown, answer: LetIn): void => {
    asked += 1;
    if (asked <= atOnce) answer(true);
    else held.push(answer);
  };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient });
  await once(server, 'listening');
  server.on('connection', (client) => client.on('error', () => {}));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, held };
}

function letIn(held: LetIn[]): void {
  for (const answer of held.splice(0)) answer(true);
}

async function startRaw(answer: string): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

function planOf(port: number, changes: Partial<LoadPlan> = {}): LoadPlan {
  return {
    host: `127.0.0.1:${port}`,
    address: '127.0.0.1',
    port,
    path: '/ws/mempool',
    clients: 4,
    requests: [],
    gapsCount: true,
    rampMs: 0,
    durationMs: 350,
    slowShare: 0,
    verifiedShare: 0,
    stormEveryMs: 0,
    compression: 'off',
    key: null,
    localAddresses: [],
    ...changes,
  };
}

/** Runs the plan to its end. @param during what happens meanwhile, once all are connected */
async function measure(
  plan: LoadPlan,
  during: (run: LoadRun) => unknown = () => {},
): Promise<LoadReport> {
  const run = new LoadRun(plan, systemClock);
  const phases = runLoad(run, plan, systemClock);
  const cancel = setInterval(() => {
    if (run.open < plan.clients) return;
    clearInterval(cancel);
    during(run);
  }, 5);
  const report = loadReport(plan, run, await phases, false);
  clearInterval(cancel);
  return report;
}

/** Sends messages of /ws/mempool with these positions, then waits. */
function sendSeqs(client: WebSocket, seqs: readonly number[]): void {
  for (const seq of seqs) {
    const data = { price: 1, confidence: 1, timestamp: Date.now() / 1000 };
    client.send(JSON.stringify({ type: 'price_update', seq, data }));
  }
}

describe('the real server', () => {
  test('all connected, nothing lost, each message with its time', async () => {
    const { port } = await startServer();
    const report = await measure(planOf(port, { requests: ['{"subscribe":"price"}'] }));
    expect(report).toMatchObject({
      connected: 4,
      connected_at_end: 4,
      handshakes: { attempted: 4, succeeded: 4, failed: {} },
      lost: 0,
      duplicates: 0,
      went_back: 0,
      closed: {},
      notices: {},
      problems: [],
    });
    // Both channels at once, then the price each 100 ms.
    expect(report.messages).toBeGreaterThanOrEqual(4 * (2 + 2));
    expect(report.messages_per_second).toBeGreaterThan(0);
    expect(report.checked).toBe(report.messages);
    expect(report.wire_bytes).toBeGreaterThan(report.payload_bytes);
    expect(report.latency_ms.count).toBeGreaterThanOrEqual(4);
    expect(report.latency_ms.p50).toBeLessThanOrEqual(report.latency_ms.max);
  });

  test('maps, compressed, of which half of the clients read everything', async () => {
    const { port, venue } = await startServer();
    await (await venue.events).onEvents(candlesUntilNow(40));
    const symbols = ['BTCUSDT'];
    const report = await measure(
      planOf(port, {
        path: HEATMAP_PATH,
        requests: [JSON.stringify({ action: 'subscribe', symbols, update_interval: 1 })],
        gapsCount: false,
        compression: 'on',
        verifiedShare: 0.5,
      }),
    );
    // The first map of each; there is no change to send another for.
    expect(report).toMatchObject({ messages: 4, verified: 2, invalid: 0, problems: [] });
    expect(report.payload_bytes).toBeGreaterThan(4 * 300);
  });

  test('compressed, as the server does it', async () => {
    const { port } = await startServer();
    const report = await measure(planOf(port, { compression: 'on', verifiedShare: 1 }));
    expect(report).toMatchObject({ connected: 4, lost: 0, invalid: 0, problems: [] });
    expect(report.verified).toBe(report.messages);
    expect(report.checked).toBe(report.messages);
  });

  test('what one address may not have is counted by its refusal', async () => {
    const { port } = await startServer({ wsMaxConnectionsPerIp: 3 });
    const report = await measure(planOf(port, { clients: 5 }));
    expect(report.handshakes.failed).toEqual({ 'HTTP 429 TOO_MANY_CONNECTIONS': 2 });
    expect(report.problems).toEqual(['2 clients were never connected']);
  });

  test('from several addresses each has its own', async () => {
    const { port } = await startServer({ wsMaxConnectionsPerIp: 3 });
    const localAddresses = ['127.0.0.2', '127.0.0.3'];
    const report = await measure(planOf(port, { clients: 6, localAddresses }));
    expect(report).toMatchObject({ connected: 6, problems: [] });
  });

  test('with a key it is let in, without one not', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-load-'));
    ends.push(async () => rmSync(folder, { recursive: true }));
    const apiKeysFile = path.join(folder, 'keys');
    const key = 'a-key-of-more-than-thirty-two-characters';
    writeFileSync(apiKeysFile, `load:${key}\n`);
    const { port } = await startServer({ apiKeysFile });
    expect(await measure(planOf(port, { key }))).toMatchObject({ connected: 4, problems: [] });
    const report = await measure(planOf(port));
    expect(report.handshakes.failed).toEqual({ 'HTTP 401 UNAUTHORIZED': 4 });
  });

  test('what a full server refuses', async () => {
    const { port } = await startServer({ wsMaxConnections: 2 });
    const report = await measure(planOf(port));
    expect(report.handshakes.failed).toEqual({ 'HTTP 503 SERVER_FULL': 2 });
  });

  test('what is asked for in vain is not all well', async () => {
    const { port } = await startServer();
    const requests = ['{"action":"subscribe","symbols":["NONE"],"update_interval":1}'];
    const plan = { path: HEATMAP_PATH, requests, gapsCount: false, durationMs: 100 };
    const report = await measure(planOf(port, plan));
    expect(report.notices).toEqual({ INVALID_SYMBOL: 4 });
    expect(report.problems).toEqual(['4 requests were answered with an error']);
  });

  test('what a drain closes is counted by its code', async () => {
    const { port, server } = await startServer();
    const report = await measure(planOf(port), () => server.drain());
    expect(report.closed).toEqual({ 1012: 4 });
    expect(report.connected_at_end).toBe(0);
    expect(report.problems).toEqual(['4 connections were ended by the server']);
  });

  test('after each storm all are back', async () => {
    const { port } = await startServer();
    const report = await measure(planOf(port, { stormEveryMs: 120, durationMs: 600 }));
    expect(report.reconnects.length).toBeGreaterThanOrEqual(2);
    for (const { clients, back, all_back_ms } of report.reconnects) {
      expect([clients, back]).toEqual([4, 4]);
      expect(all_back_ms).toBeGreaterThan(0);
    }
    expect(report).toMatchObject({ connected: 4, connected_at_end: 4, closed: {}, problems: [] });
  });

  test('a storm that begins before the end is waited for', async () => {
    const { port, held } = await startHoldingStandIn(4);
    const measured = measure(planOf(port, { stormEveryMs: 50, durationMs: 500 }));
    await expect.poll(() => held.length).toBe(4);
    // Later than the end.
    setTimeout(() => letIn(held), 700);
    const report = await measured;
    expect(report.reconnects).toMatchObject([{ clients: 4, back: 4 }]);
    expect(report).toMatchObject({ connected: 4, problems: [] });
  });

  test('who is back after the end of a storm was back, not new', async () => {
    const { port, held } = await startHoldingStandIn(4);
    // The one that never reads is looked at first: meanwhile the others come in.
    const plan = planOf(port, { slowShare: 0.25, stormEveryMs: 20, durationMs: 1e9 });
    const run = new LoadRun(plan, systemClock);
    const phases = runLoad(run, plan, systemClock);
    await expect.poll(() => held.length).toBe(3);
    run.stop();
    letIn(held);
    const report = loadReport(plan, run, await phases, true);
    expect(report).toMatchObject({ connected: 4, reconnects: [{ clients: 3, back: 3 }] });
  });

  test('a ramp spreads the handshakes', async () => {
    const { port, server } = await startServer();
    const plan = planOf(port, { clients: 5, rampMs: 1e9 });
    const run = new LoadRun(plan, systemClock);
    const phases = runLoad(run, plan, systemClock);
    await expect.poll(() => server.clients()).toBe(1);
    run.stop();
    expect(loadReport(plan, run, await phases, true)).toMatchObject({
      connected: 1,
      stopped_early: true,
      problems: ['4 clients were never connected'],
    });
  });

  test('stopping ends it at any time, and everybody has left', async () => {
    const { port, server } = await startServer();
    const report = await measure(planOf(port, { durationMs: 1e9 }), (run) => run.stop());
    expect(report).toMatchObject({ connected: 4, closed: {}, problems: [] });
    await expect.poll(() => server.clients()).toBe(0);
  });
});

describe('what a server must not do shows', () => {
  test('lost, twice, and after newer ones', async () => {
    const port = await startStandIn((client) => sendSeqs(client, [5, 6, 9, 9, 8, 9]));
    const report = await measure(planOf(port, { clients: 2, durationMs: 100 }));
    expect(report).toMatchObject({ messages: 12, lost: 4, duplicates: 2, went_back: 2 });
    expect(report.problems).toEqual([
      '4 messages were lost',
      '2 messages came twice',
      '2 messages came after newer ones',
    ]);
  });

  test('on /ws/heatmap a gap is none', async () => {
    const clients: WebSocket[] = [];
    const port = await startStandIn((client) => void clients.push(client));
    const report = await measure(planOf(port, { gapsCount: false }), () => {
      for (const seq of [1, 5, 4]) {
        const timestamp = new Date().toISOString();
        const message = { type: 'snapshot', symbol: 'A', timestamp, epoch: 'e', seq };
        for (const client of clients) client.send(JSON.stringify(message));
      }
    });
    expect(report).toMatchObject({ messages: 12, lost: 0, went_back: 4 });
    expect(report.latency_ms.count).toBe(8);
  });

  test('messages that are none, compressed or not', async () => {
    const port = await startStandIn(
      (client) => {
        for (const text of ['{"type":"x"}', 'no JSON']) client.send(text, { compress: true });
        client.send('[]', { compress: false });
      },
      { threshold: 0 },
    );
    const changes = { compression: 'on', verifiedShare: 1, durationMs: 100 } as const;
    const report = await measure(planOf(port, changes));
    expect(report).toMatchObject({ messages: 12, verified: 12, invalid: 4 });
    expect(report.problems).toEqual(['4 messages or frames were not valid']);
    // Who does not inflate can only count.
    const blind = await measure(planOf(port, { compression: 'on', durationMs: 100 }));
    expect(blind).toMatchObject({ messages: 12, checked: 4, verified: 0, invalid: 0 });
  });

  test('closing, with a code and without', async () => {
    let index = 0;
    const port = await startStandIn((client) => {
      index += 1;
      if (index === 1) client.terminate();
      else if (index === 2) client.close();
      else client.close(4008, 'slow');
    });
    const report = await measure(planOf(port, { clients: 3, durationMs: 200 }));
    expect(report.closed).toEqual({ 1005: 1, 1006: 1, 4008: 1 });
  });

  test('a handshake that is none, and no server at all', async () => {
    const port = await startRaw('SSH-2.0-OpenSSH_9.2\r\n\r\n');
    const report = await measure(planOf(port, { clients: 1, durationMs: 50 }));
    expect(report.handshakes.failed).toEqual({ 'bad handshake: no HTTP/1.1': 1 });
    const silent = await startRaw('');
    const other = await measure(planOf(silent, { clients: 1, durationMs: 50 }));
    expect(other.handshakes.failed).toEqual({ 'ended without an answer': 1 });
    await ends.pop()?.();
    const none = await measure(planOf(silent, { clients: 1, durationMs: 50 }));
    expect(none.handshakes.failed).toEqual({ ECONNREFUSED: 1 });
  });

  test('pings are answered with their own bytes', async () => {
    const pongs: string[] = [];
    const port = await startStandIn((client) => {
      client.on('pong', (data) => void pongs.push(data.toString()));
      client.ping('still there?');
    });
    await measure(planOf(port, { clients: 1, durationMs: 100 }));
    expect(pongs).toEqual(['still there?']);
  });
});

describe('clients that never read', () => {
  test('take nothing, and learn at the end whether they were given up', async () => {
    const clients: WebSocket[] = [];
    const port = await startStandIn((client) => {
      clients.push(client);
      client.on('error', () => {});
      sendSeqs(client, [1, 2, 9]);
      // Of four clients with a slow half the second and the last do not read.
      if (clients.length === 4) client.terminate();
    });
    const report = await measure(planOf(port, { slowShare: 0.5, durationMs: 100 }));
    expect(report).toMatchObject({ connected: 4, messages: 6, lost: 12, closed: { 1006: 1 } });
    expect(report.slow).toEqual({ clients: 2, cut: 1 });
    // What was asked for is no problem.
    expect(report.problems).toEqual(['12 messages were lost']);
  });
});
