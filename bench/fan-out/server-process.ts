/**
 * A server of the fan-out bench, as a process that obeys orders: `ours`, which is the gate, the
 * handshake, the hub and the endpoint of the product with payloads of the bench; or `plain`, which
 * is what everybody would write first: `ws`, and one string to all.
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import v8 from 'node:v8';
import { WebSocketServer } from 'ws';
import { OPEN_ACCESS } from '../../packages/server/src/access/access.ts';
import { buildClientSide } from '../../packages/server/src/client-side.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { type Config, loadConfig } from '../../packages/server/src/config.ts';
import { ClientAddresses } from '../../packages/server/src/http/client-address.ts';
import { OriginPolicy } from '../../packages/server/src/http/origin-policy.ts';
import { Router } from '../../packages/server/src/http/router.ts';
import { StaticFiles } from '../../packages/server/src/http/static-files.ts';
import {
  type ChannelStates,
  type Publication,
  publication,
  stateSince,
} from '../../packages/server/src/hub/publication.ts';
import { SILENT } from '../fan-out-harness.ts';
import { heldBytes } from '../held-bytes.ts';
import type { Publishing, ServerFigures, ServerOrder } from './orders.ts';
import { type Payload, payloadsOf } from './payloads.ts';

type LoopDelay = ReturnType<typeof monitorEventLoopDelay>;

/** What an order does on either server. */
interface Served {
  readonly port: number;
  /** @returns false when it is still busy with the ones before; these are left out then */
  send(payloads: readonly Payload[], seq: number): boolean;
  closed(): Readonly<Record<string, number>>;
}

/** What was published last, for those who join. */
class NewestStates implements ChannelStates {
  readonly epoch = 'bench';
  readonly #newest: Map<string, Publication> = new Map();

  keep(batch: readonly Publication[]): void {
    for (const each of batch) this.#newest.set(each.channel, each);
  }

  current(channel: string): Publication | null {
    return this.#newest.get(channel) ?? null;
  }

  since(channel: string, seq: number): readonly Publication[] {
    return stateSince(this.current(channel), seq);
  }
}

async function serveOurs(): Promise<Served> {
  const states = new NewestStates();
  const config = unlimited();
  const addresses = new ClientAddresses([]);
  const service = buildClientSide({
    config,
    log: SILENT,
    clock: systemClock,
    epoch: states.epoch,
    price: { states, demo: false },
    heatmap: {
      states: Object.assign(new NewestStates(), { symbols: () => [] }),
      demo: false,
      staleSources: () => [],
    },
    router: new Router({
      routes: [],
      files: StaticFiles.load('/nonexistent'),
      origins: new OriginPolicy([]),
      access: OPEN_ACCESS,
    }),
    addresses,
    access: OPEN_ACCESS,
    draining: () => false,
    random: Math.random,
  });
  return {
    port: await service.listen(),
    send: (payloads, seq) => {
      if (service.price.busy) return false;
      const batch = payloads.map(({ channel, text }) => {
        return publication(channel, seq, 'whole', () => text);
      });
      states.keep(batch);
      service.price.publish(batch);
      return true;
    },
    closed: () => service.figures().disconnects,
  };
}

async function servePlain(): Promise<Served> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    send: (payloads) => {
      for (const { text } of payloads) for (const client of server.clients) client.send(text);
      return true;
    },
    closed: () => ({}),
  };
}

function unlimited(): Config {
  const loaded = loadConfig([], {});
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return { ...loaded.config, port: 0, wsMaxConnections: 0, wsMaxConnectionsPerIp: 0 };
}

/** Obeys one order after another, and answers each. */
function obey(served: Served): void {
  let timer: NodeJS.Timeout | undefined;
  let loop: LoopDelay | null = null;
  const seqs = new Map<string, number>();
  const publish = (what: Publishing): void => {
    clearInterval(timer);
    const make = payloadsOf(what);
    timer = setInterval(() => {
      const seq = (seqs.get(what.kind) ?? 0) + 1;
      if (served.send(make(seq, Date.now() / 1000), seq)) seqs.set(what.kind, seq);
    }, what.intervalMs);
  };
  const answer = async (order: ServerOrder): Promise<unknown> => {
    if (order.do === 'publish') publish(order.what);
    else if (order.do === 'silence') clearInterval(timer);
    else if (order.do === 'watch loop') {
      loop = monitorEventLoopDelay({ resolution: 5 });
      loop.enable();
    } else {
      if (order.collect) await heldBytes();
      const found = figures(served, loop);
      loop?.reset();
      return found;
    }
    return null;
  };
  process.on('message', (order: ServerOrder) => {
    void answer(order).then((found) => process.send!(found));
  });
}

function figures(served: Served, loop: LoopDelay | null): ServerFigures {
  const { user, system } = process.cpuUsage();
  return {
    cpuUs: user + system,
    rssBytes: process.memoryUsage.rss(),
    loopDelayP99Ms: loop === null ? null : loop.percentile(99) / 1e6,
    closed: served.closed(),
  };
}

// As the command `tidegauge` sets it, before anything is allocated.
v8.setFlagsFromString('--semi-space-growth-factor=1');
const served = await (process.argv[2] === 'plain' ? servePlain() : serveOurs());
obey(served);
process.send!(served.port);
