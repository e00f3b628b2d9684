/** Builds the page's objects and joins them to the browser. Read this first. */
import { connect, type Tidegauge, type TidegaugeError } from '@tidegauge/client';
import { browserClock } from './clock.ts';
import { numberFormats } from './format/numbers.ts';
import { timeFormats } from './format/times.ts';
import { HeatmapSession } from './heatmap-session.ts';
import { browserKeptText, KEPT } from './kept-text.ts';
import { KeyAccess } from './key-access.ts';
import { Dashboard } from './model/dashboard.ts';
import { type HeatChoice, Heatmap } from './model/heatmap/heatmap.ts';
import { isReached } from './model/line-status.ts';
import type { PriceChoice } from './model/price-span.ts';
import { readEmbed } from './model/route.ts';
import { ServerClock } from './model/server-clock.ts';
import { PAGE_VERSION } from './page-version.ts';
import { PricePastSession } from './price-past-session.ts';
import { browserRest } from './rest/browser-rest.ts';
import { HealthPoll } from './rest/health-poll.ts';
import { browserKeyCheck, LOCKED_CODE } from './rest/key-check.ts';
import { Session } from './session.ts';
import { FrameLoop } from './view/frame-loop.ts';
import { pageTitle } from './view/page-title.ts';
import { PageView } from './view/page-view.ts';
import { Whereabouts } from './whereabouts.ts';

/** Countdowns and ages go on while nothing comes. Twice a second, so that none skips a second. */
const TICK_MS = 500;
const HEALTH_WAIT_MS = 4_000;

const serverClock = new ServerClock();
const price = new Dashboard(serverClock, PAGE_VERSION);
const heatmap = new Heatmap(serverClock);
const numbers = numberFormats();
const times = timeFormats();
const isVisible = (): boolean => document.visibilityState === 'visible';
const embed = readEmbed(location.search);
const whereabouts = new Whereabouts(
  {
    clock: browserClock,
    kept: embed ? null : browserKeptText(KEPT.settings, () => localStorage),
    readHash: () => location.hash,
    replaceHash: (hash) => history.replaceState(null, '', hash),
  },
  embed,
);

const access = new KeyAccess(
  {
    clock: browserClock,
    store: browserKeptText(KEPT.key, () => localStorage),
    check: browserKeyCheck(new URL('api/v1/price', document.baseURI)),
  },
  {
    onNeeded: () => leave(),
    onAdmitted: () => join(),
    onChange: () => stateChanged(),
  },
);

const session = new Session(browserClock, price, stateChanged);
const restPorts = {
  clock: browserClock,
  random: () => Math.random(),
  askRest: browserRest(document.baseURI, () => access.key),
};
const pastSession = new PricePastSession(restPorts, price, stateChanged);
const heatmapSession = new HeatmapSession(restPorts, heatmap, stateChanged);
let tide: Tidegauge | null = null;
const seenVersion = browserKeptText(KEPT.seenVersion, () => localStorage);
price.seenVersion = seenVersion.read();

const health = new HealthPoll({
  clock: browserClock,
  fetchHealth: async () => {
    const signal = AbortSignal.timeout(HEALTH_WAIT_MS);
    const response = await fetch(new URL('health', document.baseURI), { signal });
    // 503 while draining still has a body that says so.
    return (await response.json()) as unknown;
  },
  onHealth: (body, askedMs) => {
    price.takeHealth(body, askedMs);
    heatmap.takeHealth(body);
    stateChanged();
  },
});

const page = new PageView(
  numbers,
  times,
  {
    connect: () => tide?.retry(),
    reload: () => location.reload(),
    putAway: putVersionAway,
    offer: (key) => void access.offer(key),
    forget: () => void access.forget(),
    price: { choose: choosePrice },
    heatmap: {
      choose: chooseHeatmap,
      setThreshold,
      showFirst: () => chooseHeatmap({ ...heatmap.choice, symbol: null }),
      retry: () => heatmapSession.retry(),
      reload: () => location.reload(),
      setColumnsMax: (columnsMax) => heatmapSession.setColumnsMax(columnsMax),
    },
  },
  () => loop.invalidate(),
);

const loop = new FrameLoop(
  { requestFrame: (run) => void requestAnimationFrame(run), isVisible },
  (frameMs) =>
    page.render(
      { view: whereabouts.view, embedded: embed !== null, price, heatmap, access },
      browserClock.nowMs(),
      frameMs,
    ),
);

/** The server that the page came from, also where that is below a path of another. */
function join(): void {
  const { key } = access;
  tide = connect(new URL('.', document.baseURI), key === null ? {} : { token: key });
  tide.on('error', takeError);
  session.join(tide);
  if (embed !== 'heatmap') pastSession.join(tide);
  heatmapSession.join(tide);
  heatmapSession.setShown(whereabouts.view === 'heatmap');
}

/** Nothing would be answered without another key: time to ask for nothing. */
function leave(): void {
  heatmapSession.setShown(false);
  pastSession.leave();
  tide?.close();
}

function takeError(error: TidegaugeError): void {
  const { code, message, serverCode, cause } = error;
  const retryAtMs = tide?.status.retryAtMs ?? null;
  if (code === 'HANDLER_FAILED') reportError(cause);
  else if (code === 'UNAUTHORIZED') access.refused();
  else if (serverCode === LOCKED_CODE && retryAtMs !== null) {
    access.locked(retryAtMs - browserClock.nowMs());
  } else console.warn(`${code}: ${message}`);
}

function putVersionAway(): void {
  price.seenVersion = price.health?.version ?? null;
  seenVersion.write(price.seenVersion);
  stateChanged();
}

function choosePrice(choice: PriceChoice): void {
  whereabouts.choosePrice(choice);
  price.choice = choice;
  stateChanged();
}

function chooseHeatmap(choice: HeatChoice): void {
  whereabouts.chooseHeatmap(choice);
  heatmapSession.choose(choice);
}

function setThreshold(threshold: number): void {
  whereabouts.chooseThreshold(threshold);
  heatmap.threshold = threshold;
  loop.invalidate();
}

function showWhereabouts(): void {
  price.choice = whereabouts.price;
  heatmap.threshold = whereabouts.threshold;
  heatmapSession.choose(whereabouts.heatmap);
  heatmapSession.setShown(whereabouts.view === 'heatmap' && access.state.kind === 'fine');
  stateChanged();
}

function stateChanged(): void {
  const { choice, market, shownChoice } = heatmap;
  // A link names the market, also one that nobody chose.
  if (market && choice.symbol === null) chooseHeatmap(shownChoice);
  const nowMs = browserClock.nowMs();
  const title = pageTitle(price, price.status(nowMs), numbers);
  if (document.title !== title) document.title = title;
  health.setWanted(isReached(price.line) && isVisible());
  loop.invalidate();
}

function tick(): void {
  price.forgetOld(browserClock.nowMs());
  pastSession.tick();
  heatmapSession.tick();
  stateChanged();
  browserClock.after(TICK_MS, tick);
}

document.addEventListener('visibilitychange', () => {
  heatmapSession.setVisible(isVisible());
  stateChanged();
  loop.visibilityChanged();
});
addEventListener('hashchange', () => {
  whereabouts.followAddress();
  showWhereabouts();
});

join();
showWhereabouts();
tick();
