/** Which columns hold what, told from the header or the shape of the first row. */
import { isCoinMargined, saysOpenInterest } from './file-name.ts';
import type { MarketRowKind } from './market-row.ts';
import { looksLikeTime, readNumber } from './read-values.ts';

/** Positions in a row. */
export interface CandleColumns {
  readonly kind: 'candles';
  readonly timeName: string;
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In the base currency. */
  readonly volume: number;
  /** OKX: 1 when the candle is closed. */
  readonly confirm: number | null;
}

export interface OpenInterestColumns {
  readonly kind: 'open_interest';
  readonly timeName: string;
  readonly time: number;
  readonly usdName: string;
  readonly usd: number;
  /** USD in one unit of that column. */
  readonly usdFactor: number;
}

/** Open, high, low and close of open interest over a period, USD. */
export interface OpenInterestBarColumns {
  readonly kind: 'open_interest_bars';
  readonly timeName: string;
  readonly time: number;
  readonly open: number;
  readonly close: number;
}

export interface LiquidationColumns {
  readonly kind: 'liquidations';
  readonly timeName: string;
  readonly time: number;
  /** Of the position (long, short) or of the order that closed it (SELL, BUY). */
  readonly side: number;
  /** As the exchange wrote it. */
  readonly rawSide: number | null;
  readonly exchange: number | null;
  readonly price: number;
  /** Either this, in USD, or the quantity, or both. */
  readonly usd: number | null;
  readonly quantity: number | null;
  /** USD in one unit of the quantity; null: a unit is one of the base currency. */
  readonly unitUsd: number | null;
  /** Binance: FILLED once the amount is final. */
  readonly orderStatus: number | null;
}

export type MarketColumns =
  | CandleColumns
  | OpenInterestColumns
  | OpenInterestBarColumns
  | LiquidationColumns;

/** What helps to tell a file. */
export interface ColumnHints {
  readonly header: readonly string[] | null;
  /** The first row of data. */
  readonly firstRow: readonly string[];
  readonly names: readonly string[];
  /** As far as it can be told: contracts settled in coin are counted in other units. */
  readonly symbol: string | null;
  /** What the caller wants; null: anything. */
  readonly expected: MarketRowKind | null;
}

/** Columns that name the symbol of a row. */
export const SYMBOL_COLUMNS: readonly string[] = ['symbol', 'instrument_name'];
const TIME_NAMES = ['open_time', 'create_time', 'timestamp', 'event_ts', 'time', 'ts', 'date'];
const BINANCE_KLINE_COLUMNS = 12;
const ROW_COLUMNS = 6;
const COLUMNS_SHOWN_MAX = 12;

/**
 * @throws Error that says what the file is and why it is not taken, or that it is not known
 */
export function tellColumns(hints: ColumnHints): MarketColumns {
  const columns = hints.header === null ? tellByShape(hints) : tellByHeader(hints.header, hints);
  const kind = columns.kind === 'open_interest_bars' ? 'open_interest' : columns.kind;
  if (hints.expected !== null && hints.expected !== kind) {
    throw new Error(`it holds ${words(kind)}, allowed here: ${words(hints.expected)}`);
  }
  return columns;
}

/** Binance dumps from before 2022 and of spot, and JSON rows of six. */
function tellByShape({ firstRow, symbol }: ColumnHints): CandleColumns {
  const known = [ROW_COLUMNS, BINANCE_KLINE_COLUMNS].includes(firstRow.length);
  const isTime = looksLikeTime(firstRow[0]);
  const numbers = firstRow.slice(1, ROW_COLUMNS).every((text) => !Number.isNaN(readNumber(text)));
  if (!known || !isTime || !numbers) {
    throw new Error(
      `there is no header, and the first row is no candle (${firstRow.length} fields); ` +
        'allowed: rows of time, open, high, low, close, volume, also the 12 of Binance klines',
    );
  }
  const volume = firstRow.length === BINANCE_KLINE_COLUMNS && isInCoin(symbol) ? 7 : 5;
  const prices = { open: 1, high: 2, low: 3, close: 4 };
  return { kind: 'candles', timeName: 'time', time: 0, ...prices, volume, confirm: null };
}

function tellByHeader(header: readonly string[], hints: ColumnHints): MarketColumns {
  const at = (...names: readonly string[]): number | null => {
    const found = names.find((name) => header.includes(name));
    return found === undefined ? null : header.indexOf(found);
  };
  const time = at(...TIME_NAMES);
  if (time === null) throw unknown(header);
  const found = { at, time, timeName: header[time]! };
  const columns =
    candleColumns(found, hints) ??
    openInterestColumns(found, header, hints) ??
    liquidationColumns(found, hints);
  if (columns === null) throw unusable(at) ?? unknown(header);
  return columns;
}

interface Found {
  /** Where the first of these names stands that there is. */
  readonly at: (...names: readonly string[]) => number | null;
  readonly time: number;
  readonly timeName: string;
}

function candleColumns(found: Found, hints: ColumnHints): MarketColumns | null {
  const { at, time, timeName } = found;
  const [open, high, low, close] = [at('open'), at('high'), at('low'), at('close')];
  if (open === null || high === null || low === null || close === null) return null;
  const volume = volumeColumn(found, hints);
  if (volume !== null) {
    const confirm = at('confirm');
    return { kind: 'candles', timeName, time, open, high, low, close, volume, confirm };
  }
  if (hints.expected === 'open_interest' || hints.names.some(saysOpenInterest)) {
    return { kind: 'open_interest_bars', timeName, time, open, close };
  }
  throw new Error(
    'it has open, high, low and close but no volume; candles need one, and open interest is told ' +
      'by open-interest in the name of the file',
  );
}

/** In the base currency, which exchanges write in different places. */
function volumeColumn({ at }: Found, { firstRow, symbol }: ColumnHints): number | null {
  // OKX: `vol` counts contracts of derivatives and `vol_ccy` is their base currency; of spot pairs
  // `vol` is the base currency already.
  const instrument = at('instrument_name');
  if (instrument !== null) {
    const derivative = (firstRow[instrument]?.split('-').length ?? 0) > 2;
    return derivative ? at('vol_ccy') : at('vol');
  }
  // Binance COIN-M: `volume` counts contracts; `quote_volume` is the base currency, in spite of its
  // name (issue 267 of binance-public-data).
  if (isInCoin(symbol)) return at('base_volume', 'quote_volume');
  return at('volume');
}

function isInCoin(symbol: string | null): boolean {
  return symbol !== null && isCoinMargined(symbol);
}

function openInterestColumns(
  { at, time, timeName }: Found,
  header: readonly string[],
  hints: ColumnHints,
): OpenInterestColumns | null {
  const contracts = at('sum_open_interest');
  const inCoin = contracts !== null && isInCoin(hints.symbol);
  const usd = inCoin
    ? contracts
    : at('sum_open_interest_value', 'oi_value', 'open_interest_usd', 'open_interest_value');
  if (usd === null) return null;
  const usdFactor = inCoin ? contractUsd(hints.symbol!) : 1;
  return { kind: 'open_interest', timeName, time, usdName: header[usd]!, usd, usdFactor };
}

/** What a COIN-M contract of Binance is worth: 100 USD for bitcoin, 10 USD for all others. */
function contractUsd(symbol: string): number {
  return symbol.startsWith('BTC') ? 100 : 10;
}

function liquidationColumns(found: Found, hints: ColumnHints): LiquidationColumns | null {
  const { at, time, timeName } = found;
  const side = at('side');
  const price = at('average_price', 'price');
  const usd = at('notional_usd', 'usd');
  const quantity = at('accumulated_fill_quantity', 'qty', 'quantity');
  // Trades have a side, a price and a quantity as well.
  const told = at('accumulated_fill_quantity', 'raw_side', 'notional_usd') !== null;
  if (side === null || price === null || !told || (usd === null && quantity === null)) return null;
  return {
    kind: 'liquidations',
    timeName,
    time,
    side,
    rawSide: at('raw_side'),
    exchange: at('exchange'),
    price,
    usd,
    quantity,
    unitUsd: isInCoin(hints.symbol) ? contractUsd(hints.symbol!) : null,
    orderStatus: at('order_status'),
  };
}

/** Files that are known and of no use. */
function unusable(at: Found['at']): Error | null {
  if (at('long_usd') !== null && at('short_usd') !== null) {
    return new Error(
      'it holds totals of liquidations over periods; the history holds single ones, of which a ' +
        'total tells neither time nor price',
    );
  }
  if (at('buy_usd') !== null && at('sell_usd') !== null) {
    return new Error('it holds taker volumes, which nothing here is made from');
  }
  if (at('sum_open_interest', 'oi', 'open_interest') !== null) {
    return new Error(
      'its open interest is not in USD; allowed: a column sum_open_interest_value, oi_value or ' +
        'open_interest_usd',
    );
  }
  return null;
}

function unknown(header: readonly string[]): Error {
  const some = header.slice(0, COLUMNS_SHOWN_MAX).map((name) => (name === '' ? '(no name)' : name));
  const more = header.length > COLUMNS_SHOWN_MAX ? ', …' : '';
  return new Error(
    `its columns are not known: ${some.join(', ').slice(0, 200)}${more}; allowed: candles ` +
      '(time, open, high, low, close, volume), open interest in USD, liquidations',
  );
}

function words(kind: MarketRowKind): string {
  return kind.replaceAll('_', ' ');
}
