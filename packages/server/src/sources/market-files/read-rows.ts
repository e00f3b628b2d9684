/** Fields of text as rows, each checked. What cannot be taken comes back as the reason, a text. */
import type { Candle, Liquidation, OpenInterest, Side } from '@tidegauge/liquidations';
import type {
  CandleColumns,
  LiquidationColumns,
  OpenInterestBarColumns,
  OpenInterestColumns,
} from './market-columns.ts';
import { readNumber, readTime, shown } from './read-values.ts';
import { amountBoundsProblem, candleBoundsProblem, priceBoundsProblem } from './value-bounds.ts';

type Fields = readonly string[];

/** One candle, or why it is none. */
export function readCandle(fields: Fields, at: CandleColumns, nowSec: number): Candle | string {
  const timeSec = readTime(at.timeName, fields[at.time], nowSec);
  if (typeof timeSec === 'string') return timeSec;
  if (at.confirm !== null && fields[at.confirm] !== '1') {
    return `confirm is ${shown(fields[at.confirm])}, allowed: 1 (a candle that is closed)`;
  }
  const open = readNumber(fields[at.open]);
  const high = readNumber(fields[at.high]);
  const low = readNumber(fields[at.low]);
  const close = readNumber(fields[at.close]);
  const volume = readNumber(fields[at.volume]);
  // What is not a number fails every comparison.
  const good =
    low > 0 &&
    high >= open &&
    high >= close &&
    low <= open &&
    low <= close &&
    high < Number.POSITIVE_INFINITY &&
    volume >= 0 &&
    volume < Number.POSITIVE_INFINITY;
  if (good) {
    const candle = { timeSec, open, high, low, close, volume };
    return candleBoundsProblem(candle) ?? candle;
  }
  return candleProblem({ open, high, low, close, volume }, fields, at);
}

function candleProblem(values: Omit<Candle, 'timeSec'>, fields: Fields, at: CandleColumns): string {
  const { open, high, low, close, volume } = values;
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    if (Number.isFinite(values[name])) continue;
    return `${name} is ${shown(fields[at[name]])}, allowed: a number`;
  }
  if (low <= 0) return `low is ${low}, allowed: above 0`;
  if (volume < 0) return `volume is ${volume}, allowed: 0 or more`;
  if (high < Math.max(open, close, low)) {
    const [name, value] =
      high < low ? ['low', low] : open > close ? ['open', open] : ['close', close];
    return `high is ${high}, allowed: at least the ${name}, ${value}`;
  }
  const [name, value] = open < close ? ['open', open] : ['close', close];
  return `low is ${low}, allowed: at most the ${name}, ${value}`;
}

/** One sample of open interest, or why it is none. */
export function readOpenInterest(
  fields: Fields,
  at: OpenInterestColumns,
  nowSec: number,
): OpenInterest | string {
  const timeSec = readTime(at.timeName, fields[at.time], nowSec);
  if (typeof timeSec === 'string') return timeSec;
  const usd = readNumber(fields[at.usd]) * at.usdFactor;
  return amountProblem(at.usdName, usd, fields[at.usd]) ?? { timeSec, usd };
}

/** Open interest when a period began and when it ended; or why it cannot be told. */
export interface OpenInterestBar {
  readonly timeSec: number;
  readonly openUsd: number;
  readonly closeUsd: number;
}

export function readOpenInterestBar(
  fields: Fields,
  at: OpenInterestBarColumns,
  nowSec: number,
): OpenInterestBar | string {
  const timeSec = readTime(at.timeName, fields[at.time], nowSec);
  if (typeof timeSec === 'string') return timeSec;
  const openUsd = readNumber(fields[at.open]);
  const closeUsd = readNumber(fields[at.close]);
  return (
    amountProblem('open', openUsd, fields[at.open]) ??
    amountProblem('close', closeUsd, fields[at.close]) ?? { timeSec, openUsd, closeUsd }
  );
}

/** One liquidation, or why it is none. */
export function readLiquidation(
  fields: Fields,
  at: LiquidationColumns,
  nowSec: number,
): Liquidation | string {
  const timeSec = readTime(at.timeName, fields[at.time], nowSec);
  if (typeof timeSec === 'string') return timeSec;
  const field = (index: number | null): string | undefined =>
    index === null ? undefined : fields[index];
  const status = field(at.orderStatus);
  if (status !== undefined && status !== 'FILLED') {
    return `order_status is ${shown(status)}, allowed: FILLED (its amount is not final)`;
  }
  const side = readSide(fields[at.side], field(at.rawSide), field(at.exchange));
  if (typeof side !== 'object') return side;
  const priceUsd = readNumber(fields[at.price]);
  const priceProblem =
    positiveProblem('price', priceUsd, fields[at.price]) ?? priceBoundsProblem('price', priceUsd);
  if (priceProblem !== null) return priceProblem;
  const quantity = field(at.quantity);
  const usd =
    at.usd === null ? readNumber(quantity) * (at.unitUsd ?? priceUsd) : readNumber(fields[at.usd]);
  const [name, text] = at.usd === null ? ['quantity', quantity] : ['notional', fields[at.usd]];
  return amountProblem(name!, usd, text) ?? { timeSec, side: side.side, priceUsd, usd };
}

function amountProblem(name: string, value: number, text: string | undefined): string | null {
  return positiveProblem(name, value, text) ?? amountBoundsProblem(name, value);
}

function positiveProblem(name: string, value: number, text: string | undefined): string | null {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return null;
  return `${name} is ${shown(text)}, allowed: a number above 0`;
}

/**
 * Whose position was closed. Of an order BUY closes a short; what the exchange wrote has to agree
 * with the side where both are given.
 */
function readSide(
  text: string | undefined,
  raw: string | undefined,
  exchange: string | undefined,
): { readonly side: Side } | string {
  const side = positionSide(text ?? '');
  if (side === null) return `side is ${shown(text)}, allowed: long, short, BUY or SELL`;
  if (raw === undefined || raw === '') return { side };
  const told = rawPositionSide(raw, exchange);
  if (told === side) return { side };
  const at = exchange === undefined ? '' : ` at ${exchange}`;
  const means = told === null ? 'is no known way to say it' : `says that a ${told} was closed`;
  return `side is ${shown(text)}, but raw_side ${shown(raw)}${at} ${means}; allowed: both agree`;
}

function positionSide(text: string): Side | null {
  const word = text.trim().toLowerCase();
  if (word === 'long' || word === 'short') return word;
  return word === 'sell' ? 'long' : word === 'buy' ? 'short' : null;
}

/**
 * Exchanges mean different things by a side. Binance gives that of the order that closed the
 * position; Bybit that of the position (its v5 stream of liquidations: Buy, a long was liquidated);
 * OKX both, `long:sell`, where posSide `net` leaves only the order's.
 */
function rawPositionSide(raw: string, exchange = ''): Side | null {
  const words = raw.trim().toLowerCase().split(':');
  if (words.length === 2) return positionSide(words[0] === 'net' ? words[1]! : words[0]!);
  if (exchange.trim().toLowerCase() !== 'bybit') return positionSide(raw);
  return words[0] === 'buy' ? 'long' : words[0] === 'sell' ? 'short' : null;
}
