/** Builds the page's objects and joins them to the browser. Read this first. */
import { MEMPOOL_PATH, SUBPROTOCOL } from '@tidegauge/protocol';
import { browserClock } from './clock.ts';
import { numberFormats } from './format/numbers.ts';
import { timeFormats } from './format/times.ts';
import { browserSocket } from './line/browser-socket.ts';
import { HealthPoll } from './line/health-poll.ts';
import { isLoopback } from './line/network.ts';
import { Dashboard } from './model/dashboard.ts';
import { Session } from './session.ts';
import { FrameLoop } from './view/frame-loop.ts';
import { pageTitle } from './view/page-title.ts';
import { PageView } from './view/page-view.ts';

/** Countdowns and ages go on while nothing comes. Twice a second, so that none skips a second. */
const TICK_MS = 500;
const HEALTH_WAIT_MS = 4_000;

const state = new Dashboard();
const numbers = numberFormats();
const times = timeFormats();
const isVisible = (): boolean => document.visibilityState === 'visible';

// Addresses are relative to the page, so that it also works below a path of another server.
const socketUrl = new URL(MEMPOOL_PATH.slice(1), document.baseURI);
socketUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const session = new Session(
  {
    clock: browserClock,
    openSocket: browserSocket(socketUrl.href, SUBPROTOCOL),
    random: () => Math.random(),
    isOnline: () => navigator.onLine || isLoopback(location.hostname),
  },
  state,
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
    state.takeHealth(body);
    stateChanged();
  },
});

const page = new PageView(
  numbers,
  times,
  { connect: () => session.connection.connect(), reload: () => location.reload() },
  () => loop.invalidate(),
);

const loop = new FrameLoop(
  { requestFrame: (run) => void requestAnimationFrame(run), isVisible },
  (frameMs) => page.render(state, browserClock.nowMs(), frameMs),
);

function stateChanged(): void {
  const nowMs = browserClock.nowMs();
  const title = pageTitle(state, state.status(nowMs), numbers);
  if (document.title !== title) document.title = title;
  health.setWanted(state.line.kind === 'open' && isVisible());
  loop.invalidate();
}

function tick(): void {
  state.forgetOld(browserClock.nowMs());
  stateChanged();
  browserClock.after(TICK_MS, tick);
}

document.addEventListener('visibilitychange', () => {
  if (isVisible()) session.connection.pageShown();
  stateChanged();
  loop.visibilityChanged();
});
for (const name of ['online', 'offline']) {
  addEventListener(name, () => session.connection.networkChanged());
}

session.connection.connect();
tick();
