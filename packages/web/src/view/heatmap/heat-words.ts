/** What is said of the map's line and of what cannot be shown. */
import type { TidegaugeError } from '@tidegauge/client';
import type { TimeFormats } from '../../format/times.ts';
import { isFromFiles } from '../../model/heatmap/data-end.ts';
import type { HeatStatus } from '../../model/heatmap/heat-status.ts';
import type { Heatmap } from '../../model/heatmap/heatmap.ts';
import type { LoadState } from '../../rest/loader.ts';
import type { DataGap, HeatSnapshot } from '../../wire/heatmap/heatmap-incoming.ts';
import { type LineWords, lineWords } from '../line-words.ts';
import { isOtherVersion, refusalWords } from '../refusal-words.ts';
import { nearMarkets } from './market-search.ts';

const DAY_SEC = 86_400;
const HOUR_SEC = 3_600;

export function heatWords(status: HeatStatus, times: TimeFormats, nowSec: number): LineWords {
  switch (status.kind) {
    case 'no-data':
      return same('wait', 'Connected, no map yet');
    case 'unknown-symbol':
      return same('lost', `No market ${status.symbol}`);
    case 'stale':
      return same('stale', staleText(status.sinceSec, times, nowSec));
    case 'past':
      return same('ended', `Data until ${times.dayAndMinute(status.untilSec, nowSec)}`);
    default:
      return lineWords(status, times);
  }
}

function same(tone: LineWords['tone'], text: string): LineWords {
  return { tone, text, spoken: text };
}

/** A time of day says nothing of what was days ago. */
function staleText(sinceSec: number | null, times: TimeFormats, nowSec: number): string {
  if (sinceSec === null) return 'Market stale';
  const today = Math.floor(sinceSec / DAY_SEC) === Math.floor(nowSec / DAY_SEC);
  const since = today ? times.second(sinceSec) : times.dayAndMinute(sinceSec, nowSec);
  return `Market stale since ${since}`;
}

/** Of when the map is that stands beside the one over time. */
export function bookWords(
  snapshot: HeatSnapshot | null,
  live: boolean,
  momentText: (timeSec: number) => string,
): { readonly name: string; readonly aside: string } {
  if (live || !snapshot) return { name: 'Now', aside: 'and added up' };
  return { name: 'Then', aside: `${momentText(snapshot.timeSec)}, added up` };
}

/** Where a market's data is from: one venue, or several that are added up. */
export function venueText(venues: readonly string[]): string {
  return venues.length > 1 ? `all venues: ${venues.join(', ')}` : (venues[0] ?? '');
}

export interface HeatNote {
  readonly text: string;
  /** What its button does, or null for none. */
  readonly action: 'retry' | 'showFirst' | 'reload' | null;
  readonly kind: 'wrong' | 'waiting' | 'aside';
  /** Markets that may have been meant. */
  readonly offers?: readonly string[];
}

/** What stands in the place of the map, or above it; null when all is there. Gravest first. */
export function heatNote(
  state: Heatmap,
  status: HeatStatus,
  nowMs: number,
  times: TimeFormats,
): HeatNote | null {
  if (status.kind === 'refused') return refusal(status.error);
  if (status.kind === 'unknown-symbol') return unknownSymbol(state, status.symbol);
  return (
    trouble(state.marketsLoad, 'The markets could not be loaded', nowMs) ??
    noMarket(state) ??
    trouble(state.historyLoad, 'The past of the map could not be loaded', nowMs) ??
    venueNote(state, status) ??
    absence(state, status, nowMs) ??
    unknownLevels(state) ??
    incomplete(state, times, nowMs)
  );
}

function wrong(text: string, action: HeatNote['action']): HeatNote {
  return { text, action, kind: 'wrong' };
}

function refusal(error: TidegaugeError): HeatNote {
  return wrong(refusalWords(error), isOtherVersion(error) ? 'reload' : 'retry');
}

function unknownSymbol({ markets }: Heatmap, symbol: string): HeatNote {
  const others = (markets ?? []).filter((market) => market.symbol !== symbol);
  const text = `This server has no market ${symbol}.`;
  if (others.length === 0) return wrong(`${text} It has none at all.`, 'retry');
  const offers = nearMarkets(others, symbol).map((market) => market.symbol);
  const other = offers.length === 0 ? 'Choose another one above.' : 'Did you mean';
  return { ...wrong(`${text} ${other}`, 'showFirst'), offers };
}

function trouble(load: LoadState, what: string, nowMs: number): HeatNote | null {
  if (load.kind !== 'failed') return null;
  const { message, retryAtMs } = load;
  const sec = retryAtMs === null ? null : Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
  const again = sec === null ? '' : ` Trying again in ${sec} s.`;
  return wrong(`${what}: ${sentence(message)}${again}`, 'retry');
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function noMarket({ markets }: Heatmap): HeatNote | null {
  return markets?.length === 0 ? wrong('This server has no market yet.', 'retry') : null;
}

/** The venue's trouble is worth words only where it shows. */
function venueNote({ venueProblem }: Heatmap, { kind }: HeatStatus): HeatNote | null {
  const shows = kind === 'stale' || kind === 'no-data';
  return shows && venueProblem ? wrong(sentence(venueProblem), null) : null;
}

function absence(state: Heatmap, { kind }: HeatStatus, nowMs: number): HeatNote | null {
  const { historyLoad, market, choice } = state;
  if (state.beginsSec(nowMs) !== null) return null;
  // Until the first map says where the data ends, the range may be the wrong one.
  if (historyLoad.kind === 'loading' || kind === 'connecting' || !state.isComplete(nowMs)) {
    const text = `Loading the map${market ? ` of ${market.symbol}` : ''}…`;
    return { text, action: null, kind: 'waiting' };
  }
  if (kind === 'no-data') {
    return wrong(
      'The server has no candles of this market yet. The map appears with the first one.',
      'retry',
    );
  }
  const where = choice.zoom ? 'from this time' : 'in this range';
  return wrong(`There is no past of this market ${where}.`, 'retry');
}

/** What is drawn is not all that there should be to see. */
function incomplete(state: Heatmap, times: TimeFormats, nowMs: number): HeatNote | null {
  const view = state.view(nowMs);
  const beginsSec = state.beginsSec(nowMs);
  if (!view || beginsSec === null) return null;
  const { fromSec, plan } = view;
  if (!state.isComplete(nowMs)) {
    if (state.historyLoad.kind !== 'loading') return null;
    const isCoarse = state.maps.shown(view).some((map) => map.covers(fromSec, view.toSec));
    return aside(isCoarse ? 'Loading finer columns…' : 'Loading this time…');
  }
  if (beginsSec <= fromSec + 2 * plan.intervalSec) return null;
  // Of a long slot only the day is certain.
  const begins =
    plan.intervalSec > HOUR_SEC
      ? times.tick(Math.floor(beginsSec / DAY_SEC) * DAY_SEC, DAY_SEC)
      : times.dayAndMinute(beginsSec, state.clock.nowSec(nowMs));
  return aside(`Data begins ${begins}`);
}

function aside(text: string): HeatNote {
  return { text, action: null, kind: 'aside' };
}

/** The candles are drawn all the same; there is nothing to draw below them. */
function unknownLevels({ market, lacksOpenInterest }: Heatmap): HeatNote | null {
  if (!market || !lacksOpenInterest) return null;
  const so = 'for this time, so no levels can be estimated.';
  const text = isFromFiles(market)
    ? `No open interest of this market was ingested ${so} Add some with tidegauge ingest.`
    : `No open interest of this market has come ${so}`;
  return wrong(text, null);
}

/** Stretches of which something is missing, for a person; empty when nothing is. */
export function gapsText(
  gaps: readonly DataGap[],
  momentText: (timeSec: number) => string,
): string {
  const newest = gaps[0];
  if (!newest) return '';
  const { what, fromSec, toSec } = newest;
  const name = what === 'candles' ? 'candles' : 'open interest';
  const more = gaps.length > 1 ? ` and ${gaps.length - 1} more` : '';
  const span = `${momentText(fromSec)} to ${momentText(toSec)}`;
  return `Missing: ${name} from ${span}${more}.`;
}
