/** Servers that say what the protocol does not promise: nothing of it may reach the program. */
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tidegauge } from '../../packages/client/src/api.ts';
import { BINARY, CONTINUATION, frame, PING, RSV2, TEXT } from '../conformance/frame.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { BOTH_SOCKETS } from './both-sockets.ts';
import { type Behaviour, HostileServer, passTo, type Visit } from './hostile-server.ts';
import { arrivals, LeapingClock } from './leaping-clock.ts';
import { EPOCH, everyMessage, hello, price, snapshot, transactions } from './messages.ts';
import { promised } from './promised.ts';
import { spoiled } from './spoiled.ts';
import { WatchedClient } from './watched-client.ts';

const MEBIBYTE = 1024 * 1024;

let real: RealServer;
beforeAll(async () => {
  real = await startServer();
});
afterAll(() => real?.end('SIGKILL'));

describe.each(BOTH_SOCKETS)('%s', (_, WebSocket) => {
  interface Met {
    readonly server: HostileServer;
    readonly client: WatchedClient;
    /** The newest connections of both addresses. */
    readonly visits: Map<string, Visit>;
  }

  /** Everything is wished for, from a server that lets in and then says only what it is told to. */
  async function meet(greeting: () => readonly unknown[] = () => [hello()]): Promise<Met> {
    const clock = new LeapingClock();
    const visits = new Map<string, Visit>();
    const letIn: Behaviour = {
      onRequest: (visit) => {
        if (visit.kind !== 'try') return visit.socket.destroy();
        visit.letIn();
        visit.say(...greeting());
        visits.set(visit.target.startsWith('/ws/heatmap') ? 'heatmap' : 'mempool', visit);
      },
    };
    const server = await HostileServer.start(letIn, () => clock.nowMs());
    const client = new WatchedClient(server.url, { WebSocket, clock });
    const { tide, take } = client;
    for (const name of ['price', 'transactions', 'histogram', 'confirmed'] as const) {
      tide[name](take);
    }
    tide.heatmap(['BTCUSDT'], take);
    await arrivals();
    expect([...visits.keys()].toSorted()).toEqual(['heatmap', 'mempool']);
    return { server, client, visits };
  }

  async function recovers({ server, client }: Met): Promise<void> {
    server.behaviour = passTo(real.port);
    server.cut();
    await client.until(({ tide }) => tide.status.state === 'reconnecting');
    await client.recovered();
  }

  test('every field of every message, spoiled in every way', async () => {
    const met = await meet();
    const { client, visits } = met;
    let count = 0;
    for (const message of everyMessage()) {
      for (const bad of spoiled(message, 10 + count)) {
        for (const visit of visits.values()) visit.say(bad);
        count += 1;
        if (count % 50 === 0) await arrivals();
      }
    }
    await arrivals();
    expect(count).toBeGreaterThan(1_000);
    expect(client.updates.length).toBeGreaterThan(0);
    for (const update of client.updates) expect(promised(update)).toEqual([]);
    for (const warning of client.warnings) expect(typeof warning.message).toBe('string');
    expect(Object.prototype).not.toHaveProperty('polluted');
    await recovers(met);
  });

  test.each<[string, readonly Buffer[], told?: string[]]>([
    ['no JSON', texts('', 'hello', '{"type":', '{}}', '\u0000', '💥'.repeat(1_000))],
    ['JSON that is no object', texts('null', 'true', '17', '"price_update"', '[]', '[[{}]]')],
    ['huge numbers', texts('1e999', '{"type":1e999}', `{"seq":${'9'.repeat(10_000)}}`)],
    ['nesting', texts('['.repeat(1e6), `${'['.repeat(1e5)}${']'.repeat(1e5)}`, nested(1e5))],
    ['an unknown type', texts('{}', '{"type":null}', '{"type":["x"]}', '{"type":"new"}'), []],
    ['a prototype', texts('{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{}}}'), []],
    ['binary frames', [binary(''), binary('hello'), binary(JSON.stringify(price(7)))]],
    ['nonsense in fragments', fragmented('{"ty', 'pe":', '"price_update"', '', '}')],
  ])('%s is left out, and told once at most', async (_name, bytes, told = ['MALFORMED']) => {
    const met = await meet();
    const { client, visits } = met;
    const mempool = visits.get('mempool')!;
    for (let round = 0; round < 3; round++) mempool.connection.write(...bytes);
    mempool.say(price(1));
    await client.until(({ updates }) => updates.length > 0);
    expect(client.updates).toMatchObject([{ seq: 1, priceUsd: 95_000 }]);
    expect(client.codes).toEqual(told);
    for (const { message } of client.errors) expect(message.length).toBeLessThan(200);
    expect(client.tide.status.feeds.mempool.state).toBe('live');
    expect(Object.prototype).not.toHaveProperty('polluted');
    await recovers(met);
  });

  test.each<[string, Buffer]>([
    ['text that is not UTF-8', frame(TEXT, Buffer.from([0xc3, 0x28]), { masked: false })],
    ['half a character', frame(TEXT, Buffer.from('💥').subarray(0, 2), { masked: false })],
    ['a masked frame', frame(TEXT, '{}', { masked: true })],
    ['a reserved bit', frame(TEXT, '{}', { masked: false, rsv: RSV2 })],
    ['an unknown opcode', frame(0xb, '{}', { masked: false })],
    ['a continuation of nothing', frame(CONTINUATION, '{}', { masked: false })],
    ['a ping of 126 bytes', frame(PING, 'x'.repeat(126), { masked: false })],
    ['a ping in two frames', frame(PING, 'x', { masked: false, fin: false })],
  ])('%s breaks the line, which is tried again', async (_name, bytes) => {
    const met = await meet();
    met.visits.get('mempool')!.say(price(1));
    await met.client.until(({ updates }) => updates.length > 0);
    const lost = met.client.until(({ tide }) => tide.status.feeds.mempool.failures === 1);
    met.visits.get('mempool')!.connection.write(bytes);
    await lost;
    expect(met.client.updates.map(({ seq }) => seq)).toEqual([1]);
    await recovers(met);
  });

  test('what is not newer than what came is left out', async () => {
    const met = await meet();
    const { client, visits } = met;
    visits.get('mempool')!.say(price(5), price(6), price(6), price(5), price(0), price(9));
    await client.until(({ updates }) => updates.length === 3);
    expect(client.updates.map(({ seq }) => seq)).toEqual([5, 6, 9]);
    expect(client.updates.map(({ missed }) => missed)).toEqual([null, 0, 2]);
    await recovers(met);
  });

  test.each([0, 2, 99, -1, 1.5, '1', null, undefined])(
    'protocol %o is told and not guessed at',
    async (protocol) => {
      const met = await meet(() => [hello({ protocol }), price(1)]);
      const { client, server } = met;
      await client.clock.pass(300_000);
      expect(server.visits('try').length).toBe(2);
      expect(server.open).toBe(0);
      expect(client.codes).toEqual(['PROTOCOL_UNSUPPORTED', 'PROTOCOL_UNSUPPORTED']);
      expect(client.errors[0]).toMatchObject({ fatal: true });
      expect(client.errors[0]!.message).toContain(`protocol ${String(protocol)}`);
      expect(client.tide.status.state).toBe('closed');
      expect(client.updates).toEqual([]);
      server.behaviour = passTo(real.port);
      client.tide.retry();
      await client.recovered();
    },
  );

  test('a message of 16 MiB is left out; after many of them nothing of it is held', async () => {
    const met = await meet();
    const { client, visits } = met;
    const mempool = visits.get('mempool')!;
    const big = frame(TEXT, `{"type":"price_update","x":"${'x'.repeat(16 * MEBIBYTE)}"`, {
      masked: false,
    });
    const before = usedHeap();
    for (let seq = 1; seq <= 4; seq++) {
      mempool.connection.write(big);
      mempool.say(price(seq));
      await client.until(({ updates, tide }) => updates.length >= seq || lostIt(tide));
    }
    expect(client.updates.every(({ seq }) => seq <= 4)).toBe(true);
    await expect.poll(() => usedHeap() - before).toBeLessThan(8 * MEBIBYTE);
    await recovers(met);
  });

  test('a window without end and a thousand symbols never asked for fill nothing', async () => {
    const { client, visits } = await meet();
    const point = [1_799_999_999, 95_000];
    const whole = { points: Array.from({ length: 10_000 }, () => point), btc: [] };
    visits.get('mempool')!.say(transactions(1, { epoch: EPOCH, data: whole }));
    const added = { points: Array.from({ length: 5_000 }, () => point), btc: [] };
    for (let seq = 2; seq < 12; seq++) {
      visits.get('mempool')!.say(transactions(seq, { data: added }));
      visits.get('heatmap')!.say(...unasked(seq));
    }
    await client.until(({ updates }) => updates.length === 11);
    for (const update of client.updates) expect(promised(update)).toEqual([]);
    expect(client.codes).toEqual([]);
  });
});

function texts(...list: readonly string[]): readonly Buffer[] {
  return list.map((text) => frame(TEXT, text, { masked: false }));
}

function binary(payload: string): Buffer {
  return frame(BINARY, payload, { masked: false });
}

function fragmented(...parts: readonly string[]): readonly Buffer[] {
  return parts.map((part, index) =>
    frame(index === 0 ? TEXT : CONTINUATION, part, {
      masked: false,
      fin: index === parts.length - 1,
    }),
  );
}

function nested(depth: number): string {
  return `{"type":"price_update","seq":1,"data":${'{"data":'.repeat(depth)}1${'}'.repeat(depth + 1)}`;
}

function unasked(seq: number): readonly object[] {
  return Array.from({ length: 100 }, (_, i) => ({ ...snapshot(seq), symbol: `COIN${seq}X${i}` }));
}

function lostIt({ status }: Tidegauge): boolean {
  return status.feeds.mempool.failures > 0;
}

/** Bytes of the heap that are in use, buffers included. */
function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
