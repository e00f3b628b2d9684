/** Many clients at once: latency, memory, handshakes, slow clients, mass reconnects. */
import { setTimeout as delay } from 'node:timers/promises';
import { show } from '../fan-out-harness.ts';
import {
  type Finding,
  mostFinding,
  noneFinding,
  plainFinding,
  type Row,
  ratioFinding,
} from '../table.ts';
import type { Publishing } from './orders.ts';
import { connectCrowd, startFloor, startServer, stopAll, type Target } from './processes.ts';
import { median, microseconds, pairedRatio, type Turn, takeTurn } from './row.ts';

const PRICE_BYTES = 250;
const ROUNDS = 3;
const KIB = 1024;

const PRICE: Publishing = { kind: 'price', bytes: PRICE_BYTES, atOnce: 1, intervalMs: 500 };

/** From publishing to the client's read, beside the floor. */
export function latencyRow(clients: number): Row {
  const mostOverFloor = 1.3;
  return {
    name: `latency-${clients}`,
    about: `publish to read, price stream each 500 ms, ${clients} clients`,
    run: async () => {
      const ours = await startServer('ours');
      const floor = (await startFloor()) ?? (await startServer('plain'));
      const turns = new Map<Target, Turn[]>([
        [ours, []],
        [floor, []],
      ]);
      const crowds = new Map([
        [ours, await connectCrowd(ours, clients, PRICE)],
        [floor, await connectCrowd(floor, clients, { kind: 'sized', atOnce: 1 })],
      ]);
      const what = (target: Target): Publishing =>
        target === ours ? PRICE : { ...PRICE, kind: 'sized' };
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (const [target, found] of turns) {
          const turn = await takeTurn(target, crowds.get(target)!, what(target), 5_100);
          if (round > 0) found.push(turn); // The first warms up.
        }
      }
      return latencyFindings(turns.get(ours)!, turns.get(floor)!, floor.name, mostOverFloor);
    },
  };
}

function latencyFindings(
  ours: readonly Turn[],
  floor: readonly Turn[],
  name: string,
  most: number,
): readonly Finding[] {
  const of = (turns: readonly Turn[], share: 'p50Ms' | 'p99Ms'): readonly number[] =>
    turns.map(({ load }) => load[share] ?? Number.NaN);
  const shares = (['p50Ms', 'p99Ms'] as const).flatMap((share) => {
    const [own, references] = [of(ours, share), of(floor, share)];
    const title = share.slice(0, 3);
    const both = `${median(own).toFixed(0)} ms, ${name} ${median(references).toFixed(0)} ms`;
    return [
      plainFinding(title, both),
      ratioFinding(`${title}, to ${name}`, pairedRatio(own, references), most),
    ];
  });
  const lost = ours.reduce((sum, { load }) => sum + load.lost, 0);
  return [...shares, noneFinding('lost', lost)];
}

/** As many clients as one process may have files open. */
export function fullRow(clients: number): Row {
  const p99MsMax = 500;
  const rounds = 4;
  return {
    name: `full-${clients}`,
    about: `${clients} clients, all of them each 5 s`,
    run: async () => {
      const findings: Finding[] = [];
      for (const [kind, bytes] of [
        ['price', PRICE_BYTES],
        ['heatmap', 20_000],
      ] as const) {
        const ours = await startServer('ours');
        const what: Publishing = { kind, bytes, atOnce: 1, intervalMs: 5_000 };
        const crowd = await connectCrowd(ours, clients, what);
        const turn = await takeTurn(ours, crowd, what, 1_000 + rounds * 5_000);
        const { load } = turn;
        findings.push(
          plainFinding(
            `${kind}: messages of ${(load.wireBytes / load.messages).toFixed(0)} B`,
            show(load.messages),
          ),
          noneFinding(`${kind}: lost`, load.lost + load.wrong + (rounds * clients - load.messages)),
          noneFinding(`${kind}: closed`, load.closed + clients - load.open),
          plainFinding(`${kind}: publish to read, p50`, `${load.p50Ms?.toFixed(0)} ms`),
          mostFinding(`${kind}: publish to read, p99`, load.p99Ms ?? Number.NaN, p99MsMax, 'ms'),
          plainFinding(`${kind}: CPU a message`, microseconds(turn.cpuUs)),
        );
        stopAll();
      }
      return findings;
    },
  };
}

/** Memory of connections that do nothing. */
export function idleRow(): Row {
  const perConnectionKibMax = 6;
  const steps = [5_000, 10_000];
  return {
    name: 'idle',
    about: 'memory (RSS) of idle connections, after a collection',
    run: async () => {
      const ours = await startServer('ours');
      // The code and buffers of the first connections are not theirs.
      await connectCrowd(ours, 500, PRICE);
      const findings: Finding[] = [];
      let [connected, { rssBytes }] = [0, await ours.figures(true)];
      for (const clients of steps) {
        await connectCrowd(ours, clients - connected, PRICE);
        await delay(1_000);
        const now = await ours.figures(true);
        const each = (now.rssBytes - rssBytes) / (clients - connected) / KIB;
        const what = `a connection, ${show(connected)} to ${show(clients)}`;
        findings.push(mostFinding(what, each, perConnectionKibMax, 'KiB'));
        connected = clients;
        rssBytes = now.rssBytes;
      }
      return [...findings, plainFinding('the process', `${show(rssBytes / KIB / KIB)} MiB`)];
    },
  };
}

/** How fast clients get in. */
export function handshakeRow(clients: number): Row {
  const perSecMin = 8_000;
  return {
    name: `handshakes-${clients}`,
    about: `handshakes a second, up to ${clients} clients`,
    run: async () => {
      const perSec = async (start: () => Promise<Target | null>): Promise<number> => {
        const target = await start();
        if (target === null) return Number.NaN;
        const crowd = await connectCrowd(target, clients, PRICE);
        const { connectMs } = await crowd.figures();
        stopAll();
        return (clients * 1000) / connectMs;
      };
      const [ours, floor]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        ours.push(await perSec(() => startServer('ours')));
        floor.push(await perSec(startFloor));
      }
      const own = median(ours);
      return [
        {
          what: 'handshakes a second',
          measured: show(own),
          bar: { text: `≥ ${show(perSecMin)}`, met: own >= perSecMin },
        },
        plainFinding('the floor, by the same clients', show(median(floor))),
      ];
    },
  };
}

const SLOW = { fast: 500, slow: 50, messages: 300 };
const SLOW_OVER_ALONE_MAX = 1.15;
const SLOW_GROWTH_MIB_MAX = 10;
/** Ten slow timeouts, and the time that a close may take; see hub/limits.ts. */
const SLOW_CLOSED_WITHIN_SEC = 20;

/** One run of the slow row. */
interface SlowRun {
  readonly turn: Turn;
  readonly growthMib: number;
  /** Closed with 4008. */
  readonly closed: number;
}

/** What clients that never read do to the others, and to memory. */
export function slowRow(): Row {
  const { fast, slow, messages } = SLOW;
  return {
    name: 'slow',
    about: `${slow} of ${fast + slow} clients never read, ${messages} x 20 KB`,
    run: async () => {
      const [alone, beside]: [SlowRun[], SlowRun[]] = [[], []];
      for (let round = 0; round < 2; round += 1) {
        alone.push(await runSlow(0));
        beside.push(await runSlow(slow));
      }
      return slowFindings(alone, beside);
    },
  };
}

async function runSlow(slowClients: number): Promise<SlowRun> {
  const what: Publishing = { kind: 'heatmap', bytes: 20_000, atOnce: 1, intervalMs: 50 };
  const ours = await startServer('ours');
  const crowd = await connectCrowd(ours, SLOW.fast, what);
  if (slowClients > 0) await connectCrowd(ours, slowClients, what, { slowShare: 1 });
  await takeTurn(ours, crowd, what, 1_000);
  const { rssBytes } = await ours.figures(true);
  const turn = await takeTurn(ours, crowd, what, SLOW.messages * what.intervalMs);
  let { closed, ...after } = await ours.figures(true);
  for (let waitedSec = 0; waitedSec < SLOW_CLOSED_WITHIN_SEC; waitedSec += 1) {
    if ((closed['4008'] ?? 0) === slowClients) break;
    await delay(1_000);
    closed = (await ours.figures()).closed;
  }
  stopAll();
  const growthMib = (after.rssBytes - rssBytes) / KIB / KIB;
  return { turn, growthMib, closed: closed['4008'] ?? 0 };
}

function slowFindings(alone: readonly SlowRun[], beside: readonly SlowRun[]): readonly Finding[] {
  const cpu = (runs: readonly SlowRun[]): number => median(runs.map(({ turn }) => turn.cpuUs));
  const p99 = (runs: readonly SlowRun[]): number =>
    median(runs.map(({ turn }) => turn.load.p99Ms ?? Number.NaN));
  const growth = (runs: readonly SlowRun[]): number =>
    median(runs.map(({ growthMib }) => growthMib));
  const [cpuUs, cpuAloneUs, p99Ms, p99AloneMs] = [cpu(beside), cpu(alone), p99(beside), p99(alone)];
  const lost = beside.reduce((sum, { turn }) => sum + turn.load.lost + turn.load.wrong, 0);
  const closed = Math.min(...beside.map((run) => run.closed));
  const more = growth(beside) - growth(alone);
  return [
    plainFinding('CPU a message', `${microseconds(cpuUs)}, alone ${microseconds(cpuAloneUs)}`),
    ratioFinding('CPU a message, to alone', cpuUs / cpuAloneUs, SLOW_OVER_ALONE_MAX),
    plainFinding(
      'publish to read, p99',
      `${p99Ms.toFixed(1)} ms, alone ${p99AloneMs.toFixed(1)} ms`,
    ),
    ratioFinding('publish to read, p99, to alone', p99Ms / p99AloneMs, SLOW_OVER_ALONE_MAX),
    noneFinding('lost by the fast', lost),
    plainFinding(
      'memory grew by',
      `${growth(beside).toFixed(1)} MiB, alone ${growth(alone).toFixed(1)} MiB`,
    ),
    mostFinding('memory, more than alone', more, SLOW_GROWTH_MIB_MAX, 'MiB'),
    {
      what: 'slow ones closed with 4008',
      measured: String(closed),
      bar: { text: String(SLOW.slow), met: closed === SLOW.slow },
    },
  ];
}

/** All clients cut at once, three times. */
export function reconnectRow(clients: number): Row {
  const allBackMsMax = 10_000;
  const loopP99MsMax = 200;
  const growthShareMax = 1.05;
  return {
    name: `reconnect-${clients}`,
    about: `${clients} clients cut at once, three times`,
    run: async () => {
      const ours = await startServer('ours');
      const crowd = await connectCrowd(ours, clients, PRICE);
      await ours.publish(PRICE);
      await ours.watchLoop();
      await delay(2_000);
      await ours.figures();
      const [backMs, loopMs, rssMib]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round < 3; round += 1) {
        const { connectMs } = await crowd.storm();
        backMs.push(connectMs);
        loopMs.push((await ours.figures()).loopDelayP99Ms ?? Number.NaN);
        await delay(3_000);
        rssMib.push((await ours.figures(true)).rssBytes / KIB / KIB);
      }
      const { open } = await crowd.figures();
      return [
        mostFinding('all back after, worst of three', Math.max(...backMs), allBackMsMax, 'ms'),
        mostFinding('event loop delay p99, worst', Math.max(...loopMs), loopP99MsMax, 'ms'),
        plainFinding('memory after each, MiB', rssMib.map((each) => each.toFixed(0)).join(', ')),
        ratioFinding('memory, third to first', rssMib[2]! / rssMib[0]!, growthShareMax),
        noneFinding('stayed away', clients - open),
      ];
    },
  };
}
