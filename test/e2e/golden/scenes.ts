/** Every state of the page that a golden picture is kept of, and how it is brought about. */
import type { Page } from 'playwright-core';
import { framesLater, lineIs, textIs } from '../browser.ts';
import { mapIsThere, mapLineIs, PastMarket } from '../heatmap-visit.ts';
import {
  blocks,
  cloud,
  confirmed,
  health,
  hello,
  nowSec,
  price,
  transactions,
  warmingUp,
  warning,
} from '../samples.ts';
import type { StandIn, StandInOptions } from '../stand-in.ts';
import type { RestAnswer } from '../stand-in-heatmap.ts';
import { later, show } from './standing-time.ts';

export interface Scene {
  readonly name: string;
  /** Asked for when time stands. */
  readonly server?: () => StandInOptions;
  /** Behind the address of the page. */
  readonly address?: string;
  /** Away from the server's machine, as most visitors are. */
  readonly away?: true;
  /** Before the page is opened. */
  readonly prepare?: (page: Page, server: StandIn) => Promise<void>;
  /** The server ends on the way. */
  readonly serverEnds?: true;
  /** True: shown from the start, since nothing depends on what comes first. */
  readonly inSight?: true;
  /** Resolves when all that the picture shows is there. */
  readonly bring: (page: Page, server: StandIn) => Promise<void>;
  /** Resolves when it is there again in another size of the window. */
  readonly settled?: (page: Page) => Promise<void>;
}

/** So few that the pictures stay small. */
const POINTS = 300;
const HISTORY_STEP_SEC = 240;
const HISTORY_STEPS = 44;
/** One renderer for all machines. */
const CANVAS = '?renderer=canvas';

/** The price of the last three hours, and all else that a healthy server says first. */
function greeting(demo = false): readonly unknown[] {
  const mark = demo ? { demo: true } : {};
  const past = Array.from({ length: HISTORY_STEPS }, (_, i) => {
    const ago = HISTORY_STEPS - i;
    const usd = 87_412.5 * (1 + 0.002 * Math.sin(ago / 6) + 0.001 * Math.sin(ago / 2.1));
    const reading = { price: usd, low: usd * 0.9976, high: usd * 1.0023 };
    return price({ ...reading, timestamp: nowSec() - ago * HISTORY_STEP_SEC }, demo);
  });
  return [
    hello({ demo }),
    { ...transactions(7, cloud(POINTS, 3), 'e1'), ...mark },
    { ...confirmed(blocks(POINTS, 5)), ...mark },
    ...past,
    // The last: when the title of the page has it, all else is there.
    price({}, demo),
  ];
}

const priceLine =
  (kind: string) =>
  async (page: Page): Promise<void> => {
    await show(page);
    await lineIs(page, kind);
  };

async function allIsThere(page: Page): Promise<void> {
  await page.waitForFunction(() => document.title.includes('$87,413'));
  await show(page);
}

async function live(page: Page): Promise<void> {
  await allIsThere(page);
  await lineIs(page, 'live');
  await textIs(page, '#stat-received', /^12,543$/);
}

const liveThen =
  (then: (page: Page, server: StandIn) => Promise<void>) =>
  async (page: Page, server: StandIn): Promise<void> => {
    await live(page);
    await then(page, server);
  };

/** The client tries at once when the network is said to have come. */
const networkCame = (page: Page): Promise<void> =>
  page.evaluate(() => void dispatchEvent(new Event('online')));

async function triedUntil(page: Page, isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) {
    await networkCame(page);
    await framesLater(page, 6);
  }
}

async function press(page: Page, stage: string, ...keys: readonly string[]): Promise<void> {
  await framesLater(page, 2);
  await page.focus(stage);
  for (const key of keys) await page.keyboard.press(key);
}

const PRICE_SCENES: readonly Scene[] = [
  { name: 'connecting', server: () => ({ greeting: () => [] }), bring: priceLine('connecting') },
  {
    name: 'waiting',
    server: () => ({
      greeting: () => [hello(), warmingUp(0), transactions(1, [], 'e')],
      health: () =>
        health({
          mempool_active_txs: 0,
          sources: {
            zmq: {
              ...health().sources.zmq!,
              state: 'lost',
              detail: 'no answer from tcp://127.0.0.1:28332; is zmqpubrawtx set?',
            },
          },
        }),
    }),
    bring: async (page) => {
      await show(page);
      await lineIs(page, 'warming-up');
      await textIs(page, '#stat-node', /lost/);
    },
  },
  {
    name: 'warming-up',
    server: () => ({
      greeting: () => [hello(), warmingUp(312), transactions(7, cloud(POINTS, 3), 'e1')],
      health: () => health({ mempool_active_txs: 300 }),
    }),
    bring: async (page) => {
      await show(page);
      await lineIs(page, 'warming-up');
      await textIs(page, '#stat-active', /^300$/);
    },
  },
  { name: 'live', bring: live },
  { name: 'demo', server: () => ({ greeting: () => greeting(true) }), bring: live },
  {
    name: 'low-confidence',
    bring: liveThen(async (page, server) => {
      server.say(price({ confidence: 0.31, low: 85_900, high: 88_900 }));
      await textIs(page, '#confidence-word', /^low confidence$/);
    }),
  },
  {
    name: 'stale',
    bring: liveThen(async (page, server) => {
      const since = nowSec() - 600;
      server.say(price({ status: 'stale' }), warning('SOURCE_STALE', { source: 'zmq', since }));
      await textIs(page, '#line-text', /since/);
    }),
  },
  {
    name: 'slow',
    bring: liveThen(async (page, server) => {
      server.say(warning('SLOW_CONSUMER', { dropped_messages: 4 }));
      await lineIs(page, 'slow');
    }),
  },
  {
    name: 'silent',
    bring: liveThen(async (page) => {
      await later(page, 9_000);
      await lineIs(page, 'silent');
    }),
  },
  {
    name: 'polling',
    prepare: async (_, server) => {
      server.takesWebSockets = false;
    },
    bring: async (page) => {
      const isPolling = async (): Promise<boolean> =>
        (await page.getAttribute('#line', 'data-kind')) === 'polling';
      await show(page);
      await triedUntil(page, isPolling);
      await textIs(page, '#stat-received', /^12,543$/);
    },
  },
  {
    name: 'reconnecting',
    bring: liveThen(async (page, server) => {
      server.closeAll(1012, 'reconnect after 20000 ms');
      await textIs(page, '#line-text', /in \d+ s$/);
    }),
  },
  {
    name: 'disconnected',
    serverEnds: true,
    bring: liveThen(async (page, server) => {
      await server.stop();
      const says = async (): Promise<boolean> =>
        /^Disconnected.* in \d+ s$/.test((await page.textContent('#line-text')) ?? '');
      await triedUntil(page, says);
    }),
  },
  {
    name: 'refused',
    bring: liveThen(async (page, server) => {
      server.closeAll(4500, 'ten errors within 10 s');
      await lineIs(page, 'refused');
    }),
  },
  {
    name: 'offline',
    away: true,
    bring: liveThen(async (page, server) => {
      await page.context().setOffline(true);
      server.closeAll(1012, 'reconnect after 100 ms');
      await lineIs(page, 'offline');
    }),
  },
  {
    name: 'key-needed',
    bring: liveThen(async (page, server) => {
      server.closeAll(4501, 'the token has expired');
      await lineIs(page, 'key-needed');
    }),
  },
  {
    name: 'newer-protocol',
    server: () => ({ greeting: () => [hello({ protocol: 2 }), ...greeting().slice(1)] }),
    bring: priceLine('refused'),
  },
  {
    name: 'server-newer',
    server: () => ({ health: () => health({ version: '9.9.9' }) }),
    bring: live,
  },
  {
    name: 'server-older',
    server: () => ({ health: () => health({ version: '0.0.1' }) }),
    bring: live,
  },
  { name: 'zoomed', address: '#/price/3h/1200s', bring: live },
  {
    name: 'tooltip',
    bring: liveThen(async (page) => {
      await press(page, '#stage', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
      await page.waitForSelector('#tooltip:not([hidden])');
    }),
  },
  { name: 'embed-price', address: '?embed=price', bring: allIsThere },
];

const NO_PAST: RestAnswer = {
  status: 200,
  body: {
    symbol: 'BTCUSDT',
    interval: '5m',
    klines: [],
    data: [],
    meta: {
      symbol: 'BTCUSDT',
      interval: '5m',
      price_bin_size: 100,
      total_snapshots: 0,
      price_range: null,
      total_long_volume: 0,
      total_short_volume: 0,
      total_consumed: 0,
    },
  },
};

const isPast = ({ pathname }: URL): boolean =>
  pathname.startsWith('/api/v1/klines/') || pathname.startsWith('/liquidations/');

/** As a person left it who is after the large heaps. */
async function hideFaint(page: Page): Promise<void> {
  await page.addInitScript(() => {
    localStorage.setItem('tidegauge.settings', JSON.stringify({ threshold: 0.72 }));
  });
}

/** The map is loaded anew where another number of columns fits. */
const mapIsBack = async (page: Page): Promise<void> => {
  await page.waitForSelector('#heatmap[data-map="there"]');
  await framesLater(page, 3);
};

const pastMarket = (name: string, venue: string, withLevels: boolean, kind: string): Scene => {
  let market: PastMarket;
  return {
    name,
    address: '#/heatmap/BTCUSDT/1d',
    server: () => {
      market = new PastMarket(3, venue, withLevels);
      return market.options;
    },
    settled: mapIsBack,
    bring: async (page, server) => {
      await mapLineIs(page, 'no-data');
      server.sayHeatmap(market.snapshot());
      await mapIsThere(page, kind);
    },
  };
};

const HEAT_SCENES: readonly Scene[] = [
  {
    name: 'heatmap',
    address: '#/heatmap',
    bring: (page) => mapIsThere(page),
    settled: mapIsBack,
  },
  {
    name: 'heatmap-threshold',
    address: '#/heatmap',
    prepare: hideFaint,
    bring: (page) => mapIsThere(page),
    settled: mapIsBack,
  },
  {
    name: 'heatmap-demo',
    address: '#/heatmap/ETHUSDT/3d',
    server: () => ({ greeting: () => greeting(true), heatmap: { demo: true } }),
    bring: (page) => mapIsThere(page),
    settled: mapIsBack,
  },
  {
    name: 'heatmap-loading',
    address: '#/heatmap',
    prepare: (page) => page.route(/liquidations\/|klines\//, () => undefined).then(() => undefined),
    bring: async (page) => {
      await page.waitForSelector('#heatmap[data-map="waiting"]');
      await mapLineIs(page, 'live');
    },
  },
  {
    name: 'heatmap-empty',
    address: '#/heatmap',
    server: () => ({
      heatmap: { snapshots: false, rest: (url) => (isPast(url) ? NO_PAST : null) },
    }),
    bring: async (page) => {
      await page.waitForSelector('#heatmap[data-map="none"]');
      await mapLineIs(page, 'no-data');
    },
  },
  {
    name: 'heatmap-unknown-symbol',
    address: '#/heatmap/BTCUSTD/1d',
    bring: (page) => mapLineIs(page, 'unknown-symbol'),
  },
  pastMarket('heatmap-from-files', 'files', true, 'past'),
  pastMarket('heatmap-no-open-interest', 'files', false, 'past'),
  pastMarket('heatmap-stale', 'stand-in', true, 'stale'),
  {
    name: 'heatmap-tooltip',
    address: '#/heatmap',
    settled: mapIsBack,
    bring: async (page) => {
      await mapIsThere(page);
      await press(page, '#heat-stage', 'ArrowLeft', 'ArrowLeft', 'ArrowUp', 'ArrowUp');
      await page.waitForSelector('#heat-tooltip:not([hidden])');
    },
  },
  {
    name: 'heatmap-zoomed',
    address: '#/heatmap/BTCUSDT/1d/14400s',
    bring: (page) => mapIsThere(page),
    settled: mapIsBack,
  },
  {
    name: 'embed-heatmap',
    address: '?embed=heatmap',
    bring: async (page) => {
      await lineIs(page, 'live');
      await mapIsBack(page);
    },
    settled: mapIsBack,
  },
];

export const SCENES: readonly Scene[] = [
  ...PRICE_SCENES,
  ...HEAT_SCENES.map((scene): Scene => ({ ...scene, inSight: true })),
];

/** What the stand-in says where a scene leaves it open. */
export function serverOf({ server }: Scene): StandInOptions {
  return { greeting: () => greeting(), health: () => health(), ...server?.() };
}

/** With one renderer for all machines. */
export function addressOf({ address = '' }: Scene): string {
  const [query = '', hash] = address.split('#');
  const search = query === '' ? CANVAS : `${query}&${CANVAS.slice(1)}`;
  return hash === undefined ? search : `${search}#${hash}`;
}
