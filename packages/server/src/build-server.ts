/** Puts a server together from its parts: the price, the markets, and what clients meet. */
import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { type LeverageWeights, parseLeverageWeights } from '@tidegauge/liquidations';
import type { Access } from './access/access.ts';
import { buildClientSide, type ClientService } from './client-side.ts';
import type { Clock } from './clock.ts';
import type { StreamServer } from './commands/serve.ts';
import type { Config } from './config.ts';
import { ClientAddresses } from './http/client-address.ts';
import type { ServerView } from './http/health.ts';
import { marketRoutes } from './http/market-routes.ts';
import { mempoolRoute } from './http/mempool-route.ts';
import { metricsRoute } from './http/metrics/metrics-route.ts';
import { OriginPolicy } from './http/origin-policy.ts';
import { priceHistoryRoute } from './http/price-history-route.ts';
import { Router } from './http/router.ts';
import { restRoutes } from './http/routes.ts';
import { StaticFiles } from './http/static-files.ts';
import { timeSeriesRoute } from './http/time-series-route.ts';
import { wsStatsRoute } from './http/ws-stats-route.ts';
import type { HubFigures } from './hub/hub-stats.ts';
import type { MempoolChannels } from './hub/mempool-channels.ts';
import type { PriceAudience } from './hub/price-stream.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { buildMarketSide, type MarketSide } from './market-side.ts';
import { atMost } from './pipelines/market-wait.ts';
import type { PriceFeed } from './pipelines/price-feed.ts';
import type { PriceIntake } from './pipelines/price-intake.ts';
import { Retention } from './pipelines/retention.ts';
import { buildPriceChannels, buildPriceSide, type PriceSide } from './price-side.ts';
import type { Store } from './store/store.ts';
import { VERSION } from './version.ts';
import { Fleet } from './workers/fleet.ts';
import { InnerServer } from './workers/inner-server.ts';

/** Twice the history that a demo starts with. */
const DEMO_DAYS_MAX = 14;

/**
 * The markets' history is read before that of the price: a demo has its maps after 1.3 s so, side by
 * side after 5, and its price after 5 s either way. One that takes longer is not waited for.
 */
const MARKETS_FIRST_MS = 2_000;

export interface ServerParts extends Inputs {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly access: Access;
  /** Takes what the source brings, and is what the price is read from. */
  readonly pipeline: PriceFeed & PriceIntake;
  /** Where the built page is. */
  readonly pageDirectory: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function buildServer(parts: ServerParts): StreamServer {
  const { config, log, clock } = parts;
  const epoch = randomBytes(6).toString('base64url');
  const leverageWeights = leverageWeightsOf(config);
  const shared = { ...parts, epoch, leverageWeights };
  const markets = buildMarketSide({ ...shared, store: parts.marketStore });
  const channels = buildPriceChannels(shared);
  const audience = (): PriceAudience => clients.price;
  const price = buildPriceSide({ ...shared, store: parts.priceStore, channels, audience });
  const stores = [...new Set([parts.priceStore, parts.marketStore])];
  const retentions = buildRetentions(parts, stores);
  let draining = false;
  const pieces = { price, markets, stores, retentions, leverageWeights };
  const router = buildRouter(parts, pieces, {
    draining: () => draining,
    clients: () => clients.connections,
    figures: () => clients.figures(),
  });
  const clients = buildClients(parts, { epoch, channels, markets, router }, () => draining);

  return {
    clients: () => clients.connections,
    start: async () => {
      const port = await clients.listen();
      for (const retention of retentions) retention.start();
      await atMost(clock, MARKETS_FIRST_MS, markets.start());
      await price.start();
      return pageUrl(config.host, port);
    },
    drain: async () => {
      draining = true;
      await clients.drain(config.drainSeconds * 1000);
      await stopPieces(pieces);
      await clients.close();
      for (const store of stores) await store.close();
      log.debug({ event: 'stores_closed' }, 'history is closed');
    },
  };
}

/** Nothing is written into the history any more after this. */
async function stopPieces({ price, markets, retentions }: ServerPieces): Promise<void> {
  await Promise.all([price.stop(), markets.stop()]);
  for (const retention of retentions) await retention.stop();
}

interface ClientPieces {
  readonly epoch: string;
  readonly channels: MempoolChannels;
  readonly markets: MarketSide;
  readonly router: Router;
}

/** Serves clients in this process, or in as many workers as the settings say. */
function buildClients(
  parts: ServerParts,
  { epoch, channels, markets, router }: ClientPieces,
  draining: () => boolean,
): ClientService {
  const { config, log, source, venue } = parts;
  if (config.workers > 0) {
    return new Fleet({
      ...parts,
      epoch,
      states: { price: channels, heatmap: markets.channels },
      demo: { price: source.demo, heatmap: venue.demo },
      staleSources: markets.staleSources,
      inner: new InnerServer({ log, router }),
    });
  }
  return buildClientSide({
    ...parts,
    epoch,
    price: { states: channels, demo: source.demo },
    heatmap: {
      states: markets.channels,
      demo: venue.demo,
      staleSources: markets.staleSources,
    },
    router,
    addresses: new ClientAddresses(config.trustedProxies),
    draining,
  });
}

/** A demo's history is in memory, where a server that runs for months must not pile it up. */
function buildRetentions(parts: ServerParts, stores: readonly Store[]): Retention[] {
  const { config, clock, source, venue, priceStore, marketStore } = parts;
  const keepsReal = new Set<Store>();
  if (!source.demo) keepsReal.add(priceStore);
  if (!venue.demo) keepsReal.add(marketStore);
  const wanted = config.retentionDays === 0 ? Number.POSITIVE_INFINITY : config.retentionDays;
  return stores.flatMap((store) => {
    const retentionDays = keepsReal.has(store) ? wanted : Math.min(wanted, DEMO_DAYS_MAX);
    return retentionDays === Number.POSITIVE_INFINITY
      ? []
      : [new Retention({ store, clock, retentionDays })];
  });
}

interface ServerPieces {
  readonly price: PriceSide;
  readonly markets: MarketSide;
  readonly stores: readonly Store[];
  readonly retentions: readonly Retention[];
  readonly leverageWeights: LeverageWeights | null;
}

/** What the routes ask of the clients' side. */
interface ClientsView {
  readonly draining: () => boolean;
  readonly clients: () => number;
  readonly figures: () => HubFigures;
}

function buildRouter(parts: ServerParts, pieces: ServerPieces, view: ClientsView): Router {
  return new Router({
    routes: buildRoutes(parts, pieces, view),
    files: StaticFiles.load(parts.pageDirectory),
    origins: new OriginPolicy(parts.config.allowedOrigins),
    access: parts.access,
  });
}

function buildRoutes(
  parts: ServerParts,
  pieces: ServerPieces,
  { figures, ...clients }: ClientsView,
): ConstructorParameters<typeof Router>[0]['routes'] {
  const { config, clock, source, priceStore } = parts;
  const { price, markets, leverageWeights } = pieces;
  const view = serverView(parts, pieces, clients);
  const updateIntervalMs = config.mempoolUpdateIntervalMs;
  return [
    ...restRoutes(view),
    mempoolRoute(
      { demo: source.demo, states: price.channels, updateIntervalMs },
      clock,
      () => price.stream.lost,
    ),
    wsStatsRoute(figures),
    metricsRoute({ view, figures, allow: config.metricsAllow }),
    priceHistoryRoute(
      { demo: source.demo, store: priceStore, nowSec: () => clock.nowSec() },
      clock,
    ),
    ...marketRoutes(markets.view, clock, markets.staleSources),
    timeSeriesRoute(markets.view, { clock, leverageWeights }),
  ];
}

/** What is told about the server as a whole. */
function serverView(
  { clock, source, pipeline }: ServerParts,
  { price, markets, stores, retentions }: ServerPieces,
  clients: Omit<ClientsView, 'figures'>,
): ServerView {
  const storeProblems = (): readonly string[] => {
    const found = [
      ...stores.map(({ problem }) => problem),
      price.recorder.problem(),
      ...retentions.map((retention) => retention.problem()),
    ];
    return found.filter((each) => each !== null);
  };
  return {
    ...clients,
    demo: source.demo,
    version: VERSION,
    uptimeSec: () => price.stream.uptimeSec,
    source: () => source.status(),
    counters: () => pipeline.counters(),
    problem: () => pipeline.problem(clock.nowSec()),
    price: () => price.channels.newest,
    venue: () => markets.health(),
    store: () => ({ problem: storeProblems().join('. ') || null }),
  };
}

/** The mix that the settings name, checked when they were read; null: the learned one. */
function leverageWeightsOf({ leverageWeights }: Config): LeverageWeights | null {
  if (leverageWeights === null) return null;
  const parsed = parseLeverageWeights(leverageWeights);
  if (!parsed.ok) throw new Error(`LEVERAGE_WEIGHTS: ${parsed.problem}`);
  return parsed.weights;
}

/** Where a browser on this machine finds the page. */
function pageUrl(host: string, port: number): string {
  const any = host === '0.0.0.0' || host === '::';
  const name = any ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}/`;
}
