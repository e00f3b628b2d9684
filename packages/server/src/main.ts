/**
 * Builds every object and wires the pipeline:
 * source -> pipeline (decode, filter, model) -> channels (snapshot, encode) -> hub -> socket.
 */
import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { encodeHello, IDLE_TIMEOUT_MS, PING_INTERVAL_MS } from '@tidegauge/protocol';
import { type Clock, systemClock } from './clock.ts';
import { runCommandLine } from './commands/command-line.ts';
import { configCommand } from './commands/config.ts';
import { replayCommand } from './commands/replay.ts';
import { type StreamServer, serveCommand } from './commands/serve.ts';
import type { Config } from './config.ts';
import { ClientAddresses } from './http/client-address.ts';
import type { ServerView } from './http/health.ts';
import { OriginPolicy } from './http/origin-policy.ts';
import { Router } from './http/router.ts';
import { restRoutes } from './http/routes.ts';
import { StaticFiles } from './http/static-files.ts';
import { UpgradeGate } from './http/upgrade-gate.ts';
import { WebServer } from './http/web-server.ts';
import type { Endpoint } from './hub/endpoint.ts';
import { Hub } from './hub/hub.ts';
import { MempoolChannels } from './hub/mempool-channels.ts';
import { MempoolEndpoint } from './hub/mempool-endpoint.ts';
import { PriceStream } from './hub/price-stream.ts';
import type { Log } from './log.ts';
import type { PriceFeed } from './pipelines/price-feed.ts';
import type { PriceIntake } from './pipelines/price-intake.ts';
import { PricePipeline } from './pipelines/price-pipeline.ts';
import { BufferedSource } from './sources/buffered-source.ts';
import { DemoSource } from './sources/demo-source.ts';
import type { Frame, Source, SourceStatus } from './sources/source.ts';
import { ZmqSource } from './sources/zmq-source.ts';
import { steadyClock } from './steady-clock.ts';
import { VERSION } from './version.ts';

const PAGE_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));
/** A command that has returned but left something open is ended after this. */
const LINGER_MS = 2_000;

export interface ServerParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly source: Source;
  /** Takes what the source brings, and is what the price is read from. */
  readonly pipeline: PriceFeed & PriceIntake;
  /** Where the built page is. */
  readonly pageDirectory: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Puts a server together from its parts. */
export function buildServer(parts: ServerParts): StreamServer {
  const { config, log, clock, source, pipeline } = parts;
  const intervalMs = config.mempoolUpdateIntervalMs;
  const epoch = randomBytes(6).toString('base64url');
  const sourceStatus = (): SourceStatus => source.status();
  let draining = false;

  const channels = new MempoolChannels({ feed: pipeline, demo: source.demo, epoch, intervalMs });
  const hub = buildHub(parts);
  const mempool = buildMempool(parts, channels);
  const stream = new PriceStream({ clock, channels, endpoint: mempool, sourceStatus, intervalMs });
  const web = buildWeb(parts, hub, [mempool], {
    demo: source.demo,
    version: VERSION,
    draining: () => draining,
    clients: () => hub.size,
    uptimeSec: () => stream.uptimeSec,
    source: sourceStatus,
    counters: () => pipeline.counters(),
    problem: () => pipeline.problem(clock.nowSec()),
    venue: () => null,
    store: () => null,
    price: () => channels.newest,
  });

  const onFrame = (frame: Frame): void => pipeline.acceptFrame(frame);

  return {
    clients: () => hub.size,
    start: async () => {
      const { port } = await web.listen(config.host, config.port);
      hub.start();
      stream.start();
      await source.start({ onFrame, onStatus: sourceLogger(log) });
      return pageUrl(config.host, port);
    },
    drain: async () => {
      draining = true;
      await hub.drain(config.drainSeconds * 1000, parts.random);
      stream.stop();
      hub.stop();
      await source.stop();
      await web.close();
    },
  };
}

function buildHub({ config, log, clock }: ServerParts): Hub {
  return new Hub({
    clock,
    log,
    settings: {
      slowTimeoutMs: config.wsSlowConsumerTimeoutSec * 1000,
      pendingBytesMax: config.wsMaxPendingBytes,
      messagesPer10sMax: config.wsMaxMessagesPer10s,
    },
  });
}

function buildMempool(parts: ServerParts, channels: MempoolChannels): MempoolEndpoint {
  const { config, clock, source } = parts;
  return new MempoolEndpoint(channels, () =>
    encodeHello({
      server: `tidegauge/${VERSION}`,
      epoch: channels.epoch,
      time: clock.nowSec(),
      demo: source.demo,
      limits: helloLimits(config),
    }),
  );
}

function buildWeb(
  parts: ServerParts,
  hub: Hub,
  endpoints: readonly Endpoint[],
  view: ServerView,
): WebServer {
  const { config, log, pageDirectory } = parts;
  const paths = endpoints.map(({ path }) => path);
  const origins = new OriginPolicy(config.allowedOrigins);
  return new WebServer({
    log,
    hub,
    endpoints,
    router: new Router({
      routes: restRoutes(view),
      files: StaticFiles.load(pageDirectory),
      origins,
      webSocketPaths: paths,
    }),
    gate: new UpgradeGate({
      enabled: config.wsEnabled,
      paths,
      connectionsMax: config.wsMaxConnections,
      connectionsPerAddressMax: config.wsMaxConnectionsPerIp,
      origins,
    }),
    addresses: new ClientAddresses(config.trustedProxies),
    draining: () => view.draining(),
    messageBytesMax: config.wsMaxMessageBytes,
  });
}

/** The node that the settings name, or else the demo; says which in the first line of the log. */
export function chooseSource(config: Config, log: Log, clock: Clock): Source {
  const { bitcoinZmqTx, bitcoinZmqBlock, demoSeed } = config;
  if (bitcoinZmqTx === null && bitcoinZmqBlock === null) {
    log.warn(
      { demo: true },
      'DEMO: made-up transactions, not a real price. To connect a Bitcoin node, set ' +
        'BITCOIN_ZMQ_TX and BITCOIN_ZMQ_BLOCK to its zmqpubrawtx and zmqpubrawblock, ' +
        'such as tcp://127.0.0.1:28332',
    );
    return new BufferedSource(new DemoSource({ seed: demoSeed, clock }));
  }
  log.info({ tx: bitcoinZmqTx, block: bitcoinZmqBlock }, 'reading from a Bitcoin node over ZMQ');
  return new BufferedSource(
    new ZmqSource({ txEndpoint: bitcoinZmqTx, blockEndpoint: bitcoinZmqBlock, clock }),
  );
}

/** Runs the command line. */
export async function main(args: readonly string[]): Promise<void> {
  const clock = steadyClock(systemClock);
  const build = (config: Config, log: Log): StreamServer =>
    buildServer({
      config,
      log,
      clock,
      source: chooseSource(config, log, clock),
      pipeline: new PricePipeline({ windowSec: config.mempoolWindowHours * 3600 }),
      pageDirectory: PAGE_DIRECTORY,
      random: Math.random,
    });
  const io = { stdout: process.stdout, stderr: process.stderr, env: process.env };
  const commands = [serveCommand(build, clock, process), replayCommand, configCommand];
  const code = await runCommandLine(args, io, commands);
  process.exitCode = code;
  setTimeout(() => process.exit(code), LINGER_MS).unref();
}

function helloLimits(config: Config): Parameters<typeof encodeHello>[0]['limits'] {
  return {
    max_message_bytes: config.wsMaxMessageBytes,
    max_messages_per_10s: config.wsMaxMessagesPer10s,
    max_pending_bytes: config.wsMaxPendingBytes,
    update_interval_ms: config.mempoolUpdateIntervalMs,
    ping_interval_ms: PING_INTERVAL_MS,
    idle_timeout_ms: IDLE_TIMEOUT_MS,
  };
}

/** Logs each loss of a source and each return, and what is wrong with it while it is up. */
function sourceLogger(log: Log): (status: SourceStatus) => void {
  let lost = false;
  let wasUp = false;
  let partly = false;
  return ({ name, state, detail, frames, missed, dropped }) => {
    const up = state === 'connected';
    if (state === 'lost') {
      log.warn({ event: 'source_lost', source: name, detail }, `source ${name} is lost`);
    } else if (up && !wasUp) {
      const event = lost ? 'source_back' : 'source_connected';
      log.info({ event, source: name, frames, missed, dropped }, `source ${name} is connected`);
    }
    if (up && detail !== null) {
      const event = 'source_degraded';
      log.warn({ event, source: name, detail }, `source ${name} is connected in part`);
    } else if (up && wasUp && partly) {
      log.info({ event: 'source_whole', source: name }, `source ${name} is whole again`);
    }
    lost = state === 'lost' || (lost && !up);
    wasUp = up;
    partly = up && detail !== null;
  };
}

/** Where a browser on this machine finds the page. */
function pageUrl(host: string, port: number): string {
  const any = host === '0.0.0.0' || host === '::';
  const name = any ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}
