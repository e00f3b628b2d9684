/** Builds the page's objects and joins them to the browser. Read this first. */
import {
  AUTH_SUBPROTOCOL_PREFIX,
  HEATMAP_PATH,
  MEMPOOL_PATH,
  SUBPROTOCOL,
} from '@tidegauge/protocol';
import { browserClock } from './clock.ts';
import { numberFormats } from './format/numbers.ts';
import { timeFormats } from './format/times.ts';
import { HeatmapSession } from './heatmap-session.ts';
import { KeyAccess } from './key-access.ts';
import { browserRest } from './line/browser-rest.ts';
import { browserSocket } from './line/browser-socket.ts';
import type { ConnectionPorts } from './line/connection.ts';
import { HealthPoll } from './line/health-poll.ts';
import { browserKeyCheck } from './line/key-check.ts';
import { browserKeyStore } from './line/key-store.ts';
import { isLoopback } from './line/network.ts';
import { Dashboard } from './model/dashboard.ts';
import { type HeatChoice, Heatmap } from './model/heatmap/heatmap.ts';
import { heatmapHash, readRoute, type ViewName } from './model/heatmap/route.ts';
import { Session } from './session.ts';
import { FrameLoop } from './view/frame-loop.ts';
import { pageTitle } from './view/page-title.ts';
import { PageView } from './view/page-view.ts';

/** Countdowns and ages go on while nothing comes. Twice a second, so that none skips a second. */
const TICK_MS = 500;
const HEALTH_WAIT_MS = 4_000;

const price = new Dashboard();
const heatmap = new Heatmap();
const numbers = numberFormats();
const times = timeFormats();
const isVisible = (): boolean => document.visibilityState === 'visible';
let view: ViewName = 'price';

const access = new KeyAccess(
  {
    clock: browserClock,
    store: browserKeyStore(() => localStorage),
    check: browserKeyCheck(new URL('api/v1/price', document.baseURI)),
  },
  {
    onNeeded: () => {
      session.connection.close();
      heatmapSession.setShown(false);
    },
    onAdmitted: () => {
      session.connection.connect();
      heatmapSession.setShown(view === 'heatmap');
    },
    onChange: () => stateChanged(),
  },
);

const session = new Session(linePorts(MEMPOOL_PATH), price, stateChanged);
const heatmapSession = new HeatmapSession(
  { ...linePorts(HEATMAP_PATH), askRest: browserRest(document.baseURI, () => access.key) },
  heatmap,
  stateChanged,
);

const health = new HealthPoll({
  clock: browserClock,
  fetchHealth: async () => {
    const signal = AbortSignal.timeout(HEALTH_WAIT_MS);
    const response = await fetch(new URL('health', document.baseURI), { signal });
    // 503 while draining still has a body that says so.
    return (await response.json()) as unknown;
  },
  onHealth: (body) => {
    price.takeHealth(body);
    heatmap.takeHealth(body);
    stateChanged();
  },
});

const page = new PageView(
  numbers,
  times,
  {
    connect: () => session.connection.connect(),
    reload: () => location.reload(),
    offer: (key) => void access.offer(key),
    forget: () => void access.forget(),
    heatmap: {
      choose,
      showFirst: () => choose({ ...heatmap.choice, symbol: null }),
      retry: () => heatmapSession.retry(),
      reload: () => location.reload(),
      setColumnsMax: (columnsMax) => heatmapSession.setColumnsMax(columnsMax),
    },
  },
  () => loop.invalidate(),
);

const loop = new FrameLoop(
  { requestFrame: (run) => void requestAnimationFrame(run), isVisible },
  (frameMs) => page.render({ view, price, heatmap, access }, browserClock.nowMs(), frameMs),
);

/** Addresses are relative to the page, so that it also works below a path of another server. */
function linePorts(path: string): ConnectionPorts {
  const url = new URL(path.slice(1), document.baseURI);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    clock: browserClock,
    openSocket: browserSocket(url.href, () => {
      const { key } = access;
      return key === null ? [SUBPROTOCOL] : [SUBPROTOCOL, AUTH_SUBPROTOCOL_PREFIX + key];
    }),
    random: () => Math.random(),
    isOnline: () => navigator.onLine || isLoopback(location.hostname),
  };
}

/** What is shown stands in the address, so that it can be kept and sent to others. */
function choose(choice: HeatChoice): void {
  history.replaceState(null, '', heatmapHash(choice));
  heatmapSession.choose(choice);
}

function followAddress(): void {
  const route = readRoute(location.hash);
  view = route.view;
  if (route.choice) heatmapSession.choose(route.choice);
  heatmapSession.setShown(view === 'heatmap' && access.state.kind === 'fine');
  stateChanged();
}

function stateChanged(): void {
  access.lineChanged(price.line);
  const nowMs = browserClock.nowMs();
  const title = pageTitle(price, price.status(nowMs), numbers);
  if (document.title !== title) document.title = title;
  health.setWanted(price.line.kind === 'open' && isVisible());
  loop.invalidate();
}

function tick(): void {
  price.forgetOld(browserClock.nowMs());
  heatmapSession.tick();
  stateChanged();
  browserClock.after(TICK_MS, tick);
}

document.addEventListener('visibilitychange', () => {
  if (isVisible()) session.connection.pageShown();
  heatmapSession.setVisible(isVisible());
  stateChanged();
  loop.visibilityChanged();
});
for (const name of ['online', 'offline']) {
  addEventListener(name, () => {
    session.connection.networkChanged();
    heatmapSession.connection.networkChanged();
  });
}
addEventListener('hashchange', followAddress);

session.connection.connect();
followAddress();
tick();
