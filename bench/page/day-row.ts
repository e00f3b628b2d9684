/**
 * Eight hours of updates in some minutes: the page's clock is led, and what a server says bears the
 * times of that clock. The price twice a second with a point each, a block each ten minutes, a map
 * each second; two pages, one with each view.
 */
import type { HeatmapMessage } from '@tidegauge/protocol';
import { type Held, heldBy, LedClock } from '../../test/e2e/led-clock.ts';
import { isoTime } from '../../test/e2e/made-market.ts';
import { nowSec } from '../../test/e2e/samples.ts';
import type { StandIn } from '../../test/e2e/stand-in.ts';
import { type Finding, mostFinding, plainFinding, type Row } from '../table.ts';
import { crowdBlocks, crowdGreeting, nextHalfSecond } from './crowd.ts';
import { LAPTOP, launch, type Opened, open, type Sight, serve } from './screens.ts';

const HOURS = 8;
const HOUR_SEC = 3_600;
const MARK_EACH_SEC = HOUR_SEC / 2;
/** What is not done by then is left out, and said. */
const REAL_MS_MAX = 480_000;
/** A window of three hours with two points a second, in each panel. */
const POINTS = 43_200;
const BLOCK_EACH_SEC = 600;
const GROWN_MB_MAX = 20;
const MB = 1e6;
/** Small, so that the time goes into updates: it is drawn 60 times a second all the while. */
const SMALL: Sight = { ...LAPTOP, widthPx: 640, heightPx: 480 };
/** The address of each page, and a word for it. */
const VIEWS = [
  ['price', '#/price'],
  ['heatmap', '#/heatmap/BTCUSDT/1d'],
] as const;

export function dayRow(): Row {
  return {
    name: 'day',
    about: `${HOURS} hours of updates on a clock that is led: what each page holds, collected`,
    async run() {
      // Its market has candles up to now, which is where the day ends.
      const server = await serve({ greeting: () => crowdGreeting(POINTS) });
      const clock = new LedClock(Date.now() - HOURS * HOUR_SEC * 1_000);
      try {
        return await measure(new Day(clock, server));
      } finally {
        clock.release();
      }
    },
  };
}

async function measure(day: Day): Promise<readonly Finding[]> {
  await day.begin();
  await day.live(60);
  const first = await day.held();
  const marks: (readonly Held[])[] = [];
  const startMs = performance.now();
  const isTime = (): boolean => performance.now() - startMs < REAL_MS_MAX;
  while (marks.length * MARK_EACH_SEC < HOURS * HOUR_SEC && isTime()) {
    await day.live(MARK_EACH_SEC);
    marks.push(await day.held());
  }
  const realMin = (performance.now() - startMs) / 60_000;
  const hours = (marks.length * MARK_EACH_SEC) / HOUR_SEC;
  const lived = `${hours} of ${HOURS} h in ${realMin.toFixed(1)} min: ${day.said}`;
  const judged = VIEWS.flatMap(([view], i) => {
    const byHalfHour = marks.map((pages) => pages[i]!);
    return judge(view, first[i]!, byHalfHour);
  });
  return [plainFinding('lived through', lived), ...judged];
}

function judge(view: string, first: Held, marks: readonly Held[]): readonly Finding[] {
  const last = marks.at(-1)!;
  const grownMb = (last.heapBytes - first.heapBytes) / MB;
  const mb = ({ heapBytes }: Held): string => (heapBytes / MB).toFixed(1);
  return [
    mostFinding(`${view}: heap, more than after the first minute`, grownMb, GROWN_MB_MAX, 'MB'),
    plainFinding(`${view}: heap each half hour`, `${[first, ...marks].map(mb).join(', ')} MB`),
    plainFinding(
      `${view}: nodes; listeners`,
      `${first.nodes} to ${last.nodes}; ${first.listeners} to ${last.listeners}`,
    ),
  ];
}

class Day {
  readonly #clock: LedClock;
  readonly #server: StandIn;
  readonly #maps: readonly HeatmapMessage[];
  readonly #counts = { prices: 0, maps: 0, blocks: 0 };
  #pages: readonly Opened[] = [];
  #pastSec = 0;
  /** Messages of the price, to each page. */
  #said = crowdGreeting(2).length;

  constructor(clock: LedClock, server: StandIn) {
    const market = server.heatmap.markets.get('BTCUSDT')!;
    this.#clock = clock;
    this.#server = server;
    this.#maps = Array.from({ length: 8 }, (_, i) => market.snapshot(1, 1 + i / 50));
  }

  get said(): string {
    const { prices, maps, blocks } = this.#counts;
    const bytes = JSON.stringify(this.#maps[0]).length;
    return `${prices} prices, ${maps} maps of ${(bytes / 1_000).toFixed(0)} KB, ${blocks} blocks`;
  }

  async begin(): Promise<void> {
    const browser = await launch();
    this.#pages = await Promise.all(
      VIEWS.map(([, hash]) =>
        open(browser, this.#server, { ...SMALL, hash }, (page) => this.#clock.lead(page)),
      ),
    );
    for (const { page } of this.#pages) {
      await this.#clock.passUntil(page, '#line[data-kind="live"]');
    }
    await this.#clock.passUntil(this.#pages[1]!.page, '#heatmap[data-map="there"]');
  }

  /** Lets some seconds pass with all that is said in them. */
  async live(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i += 1) {
      await this.#clock.pass(1_000, this.#said);
      this.#pastSec += 1;
      this.#sayOneSecond();
    }
    await this.#clock.pass(0, this.#said);
  }

  held(): Promise<readonly Held[]> {
    return Promise.all(this.#pages.map(({ session }) => heldBy(session)));
  }

  #sayOneSecond(): void {
    const halves = [nowSec() - 0.5, nowSec()].flatMap(nextHalfSecond);
    const isBlock = this.#pastSec % BLOCK_EACH_SEC === 0;
    const all = isBlock ? [...halves, crowdBlocks(POINTS / 2)] : halves;
    this.#server.say(...all);
    this.#said += all.length;
    const map = this.#maps[this.#pastSec % this.#maps.length]!;
    this.#server.sayHeatmap({ ...map, timestamp: isoTime(nowSec()), seq: 2 + this.#pastSec });
    this.#counts.prices += 2;
    this.#counts.maps += 1;
    this.#counts.blocks += isBlock ? 1 : 0;
  }
}
