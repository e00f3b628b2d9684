import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { symbolInName } from '../../src/sources/market-files/file-name.ts';
import { fileOf } from '../replay/files.ts';
import {
  candles,
  KLINE_HEADER,
  klineRow,
  klines,
  METRICS_HEADER,
  NOTHING,
  plainTime,
  readAll,
  START_SEC,
} from './market-files.ts';
import { zipOf } from './zip.ts';

describe('candles', () => {
  const rows = candles(3);
  const expected = { ...NOTHING, candles: rows, series: ['candles BTCUSDT 300'] };

  test.each([
    ['ms, with header', 1e3, KLINE_HEADER],
    ['ms, as before 2022 without', 1e3, null],
    ['us, as of spot since 2025', 1e6, null],
    ['seconds', 1, KLINE_HEADER],
  ])('of a Binance dump: %s', async (_, unit, header) => {
    const lines = [
      ...(header === null ? [] : [header]),
      ...rows.map((r) => klineRow(r, 300, unit)),
    ];
    expect(await readAll(fileOf('BTCUSDT-5m-2026-01.csv', lines.join('\n')))).toEqual(expected);
  });

  test('of COIN-M: volume in contracts, so the base currency stands elsewhere', async () => {
    const lines = rows.map(({ timeSec, volume, ...r }) =>
      [timeSec * 1e3, r.open, r.high, r.low, r.close, 409_953, 0, volume, 9, 8, 7, 0].join(','),
    );
    for (const text of [`${KLINE_HEADER}\n${lines.join('\n')}`, lines.join('\n')]) {
      expect(await readAll(fileOf('BTCUSD_PERP-5m-2026-01.csv', text))).toEqual({
        ...expected,
        series: ['candles BTCUSD_PERP 300'],
      });
    }
  });

  test('of OKX: contracts of swaps, base currency of spot, only closed ones', async () => {
    const header = 'instrument_name,open,high,low,close,vol,vol_ccy,vol_quote,open_time,confirm';
    const line = (name: string, i: number, vol: string, confirm = 1): string => {
      const { timeSec, open, high, low, close } = rows[i]!;
      return [name, open, high, low, close, vol, 1e6, timeSec * 1e3, confirm].join(',');
    };
    const swaps = rows.map((row, i) => line('BTC-USDT-SWAP', i, `999,${row.volume}`));
    swaps.push(line('BTC-USDT-SWAP', 2, '999,1', 0));
    expect(await readAll(fileOf('x.csv', [header, ...swaps].join('\n')))).toEqual({
      ...expected,
      refused: ["x.csv:5 confirm is '0', allowed: 1 (a candle that is closed)"],
    });
    const spot = rows.map((row, i) => line('BTC-USDT', i, `${row.volume},777`));
    expect(await readAll(fileOf('x.csv', [header, ...spot].join('\r\n')))).toEqual(expected);
  });

  test('ISO times, which are UTC unless they say otherwise, and columns of no use', async () => {
    const texts = [
      (sec: number) => plainTime(sec),
      (sec: number) => plainTime(sec).replace(' ', 'T'),
      (sec: number) => `${plainTime(sec).replace(' ', 'T')}.000Z`,
      (sec: number) => `${plainTime(sec + 8 * 3600)}+08:00`,
      (sec: number) => `${plainTime(sec - 5.5 * 3600)}-0530`,
    ];
    for (const text of texts) {
      const lines = rows.map((r) =>
        [text(r.timeSec), r.volume, r.close, r.low, r.high, r.open, 'x'].join(','),
      );
      const header = 'Timestamp, Volume ,Close,Low,High,Open,note';
      const file = fileOf('btc_BTC-USDT_5m.csv', [header, ...lines].join('\n'));
      expect(await readAll(file)).toEqual(expected);
    }
  });

  test('JSON rows, plain lists or objects', async () => {
    const lists = rows.map((r) => [r.timeSec * 1e3, r.open, `${r.high}`, r.low, r.close, r.volume]);
    const objects = rows.map(({ timeSec, ...rest }) => ({ openTime: timeSec * 1e3, ...rest }));
    for (const list of [lists, objects]) {
      const name = 'binance_BTC_USDT_USDT-5m-futures.json';
      expect(await readAll(fileOf(name, JSON.stringify(list, null, 1)))).toEqual(expected);
      expect(await readAll(fileOf(`${name}.gz`, gzipSync(JSON.stringify(list))))).toEqual(expected);
    }
  });

  test('fields in quotes, a byte order mark, empty lines', async () => {
    const lines = rows.map((row) => klineRow(row, 300).replaceAll(/[^,]+/g, '"$&"'));
    const text = `\uFEFF${KLINE_HEADER}\n\n${lines.join('\n\n')}\n\n`;
    expect(await readAll(fileOf('BTCUSDT-5m.csv', text))).toEqual(expected);
  });

  test('several symbols in one file', async () => {
    const lines = rows.flatMap((row) =>
      ['BTCUSDT', 'eth/usdt:usdt'].map((name) => `${name},${klineRow(row, 300)}`),
    );
    const read = await readAll(fileOf('x.csv', [`symbol,${KLINE_HEADER}`, ...lines].join('\n')));
    expect(read.series).toEqual(['candles BTCUSDT 300', 'candles ETHUSDT 300']);
    expect(read.candles).toEqual([...rows, ...rows]);
  });
});

describe('open interest', () => {
  const metrics = (i: number, symbol: string, ...values: readonly (number | string)[]): string =>
    [plainTime(START_SEC + i * 300), symbol, ...values, 1.1, 1.2, 1.3, 1.4].join(',');

  test('of Binance metrics: the value in USD', async () => {
    const lines = [0, 1].map((i) => metrics(i, 'BTCUSDT', 95_000.5, 8.5e9 + i));
    expect(await readAll(fileOf('x.zip.csv', [METRICS_HEADER, ...lines].join('\n')))).toEqual({
      ...NOTHING,
      openInterest: [0, 1].map((i) => ({ timeSec: START_SEC + i * 300, usd: 8.5e9 + i })),
      series: ['open_interest BTCUSDT'],
    });
  });

  test.each([
    ['BTCUSD_PERP', 100],
    ['ETHUSD_PERP', 10],
  ])('of COIN-M %s: contracts of %d USD', async (symbol, usd) => {
    const file = fileOf('x.csv', `${METRICS_HEADER}\n${metrics(0, symbol, 2_000_000, 2_345.6)}`);
    expect((await readAll(file)).openInterest).toEqual([
      { timeSec: START_SEC, usd: 2_000_000 * usd },
    ]);
  });

  test('as Binance answers over REST', async () => {
    const list = [
      {
        symbol: 'BTCUSDT',
        sumOpenInterest: '9',
        sumOpenInterestValue: '810000.5',
        timestamp: START_SEC * 1e3,
      },
    ];
    expect((await readAll(fileOf('x.json', JSON.stringify(list)))).openInterest).toEqual([
      { timeSec: START_SEC, usd: 810_000.5 },
    ]);
  });

  test('with a local time beside: the number counts', async () => {
    const text = `ts,oi,oi_value,dt\n${START_SEC * 1e3},7,1234.5,2026-01-05 08:00:00+08:00\n`;
    expect(await readAll(fileOf('okx_SOL-USDT-SWAP_open_interest.csv', text))).toEqual({
      ...NOTHING,
      openInterest: [{ timeSec: START_SEC, usd: 1234.5 }],
      series: ['open_interest SOLUSDT'],
    });
  });

  test('over a period: its close belongs to the end, its open counts where nothing ends', async () => {
    const bar = (i: number, open: number, close: number): string =>
      `${plainTime(START_SEC + i * 14_400).replace(' ', 'T')},${open},9e10,1e10,${close}`;
    const bars = [bar(0, 50e9, 51e9), bar(1, 50.9e9, 52e9), bar(3, 60e9, 61e9)];
    const text = `timestamp,open,high,low,close\n${bars.join('\n')}\n`;
    const at = (i: number, usd: number) => ({ timeSec: START_SEC + i * 14_400, usd });
    expect(await readAll(fileOf('BTC-open-interest-4h.csv', text))).toEqual({
      ...NOTHING,
      openInterest: [at(0, 50e9), at(1, 51e9), at(2, 52e9), at(3, 60e9), at(4, 61e9)],
      series: ['open_interest BTCUSDT'],
    });
  });
});

describe('liquidations', () => {
  const forced = 'id,exchange,symbol,side,raw_side,qty,price,mark_price,notional_usd,event_ts';
  const order = (exchange: string, side: string, raw: string): string =>
    `1,${exchange},ETHUSDT,${side},${raw},3,2000.5,2001,60.015,${START_SEC * 1e3 + 250}`;

  test('forced orders: a BUY closes a short, but Bybit names the position', async () => {
    const orders = [
      order('binance', 'short', 'BUY'),
      order('binance', 'long', 'SELL'),
      order('bybit', 'long', 'Buy'),
      order('bybit', 'short', 'Sell'),
      order('okx', 'long', 'long:sell'),
      order('okx', 'short', 'net:buy'),
    ];
    const read = await readAll(fileOf('x.csv', [forced, ...orders].join('\n')));
    const sides = ['short', 'long', 'long', 'short', 'long', 'short'];
    const rest = { timeSec: START_SEC + 0.25, priceUsd: 2000.5, usd: 60.015 };
    expect(read).toEqual({
      ...NOTHING,
      liquidations: sides.map((side) => ({ side, ...rest })),
      series: ['liquidations ETHUSDT'],
    });
  });

  test('sides that disagree are refused', async () => {
    const orders = [
      order('binance', 'long', 'BUY'),
      order('bybit', 'short', 'Buy'),
      order('okx', 'long', 'short:buy'),
      order('binance', 'long', 'hm'),
      order('binance', 'up', 'BUY'),
    ];
    const { refused, liquidations } = await readAll(
      fileOf('x.csv', [forced, ...orders].join('\n')),
    );
    expect(liquidations).toEqual([]);
    expect(refused).toEqual([
      "x.csv:2 side is 'long', but raw_side 'BUY' at binance says that a short was closed; " +
        'allowed: both agree',
      "x.csv:3 side is 'short', but raw_side 'Buy' at bybit says that a long was closed; " +
        'allowed: both agree',
      "x.csv:4 side is 'long', but raw_side 'short:buy' at okx says that a short was closed; " +
        'allowed: both agree',
      "x.csv:5 side is 'long', but raw_side 'hm' at binance is no known way to say it; " +
        'allowed: both agree',
      "x.csv:6 side is 'up', allowed: long, short, BUY or SELL",
    ]);
  });

  const snapshot =
    'time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,' +
    'last_fill_quantity,accumulated_fill_quantity';

  test('a Binance liquidationSnapshot: what was filled at the average price', async () => {
    const lines = [
      `${START_SEC * 1e3},SELL,LIMIT,IOC,4,99,100.5,FILLED,1,3`,
      `${START_SEC * 1e3},BUY,LIMIT,IOC,4,99,100.5,PARTIALLY_FILLED,1,3`,
    ];
    const text = [snapshot, ...lines].join('\n');
    expect(await readAll(fileOf('SOLUSDT-liquidationSnapshot-2024-01-01.csv', text))).toEqual({
      ...NOTHING,
      liquidations: [{ timeSec: START_SEC, side: 'long', priceUsd: 100.5, usd: 301.5 }],
      refused: [
        'SOLUSDT-liquidationSnapshot-2024-01-01.csv:3 ' +
          "order_status is 'PARTIALLY_FILLED', allowed: FILLED (its amount is not final)",
      ],
      series: ['liquidations SOLUSDT'],
    });
    const { liquidations } = await readAll(
      fileOf('BTCUSD_PERP-liquidationSnapshot-2024-01-01.csv', text),
    );
    expect(liquidations[0]!.usd).toBe(300);
  });
});

describe('files that are not taken say what they are', () => {
  test.each([
    ['totals', 'timestamp,long_usd,short_usd\n1,2,3\n', 'it holds totals of liquidations over per'],
    [
      'taker volume',
      'timestamp,buy_usd,sell_usd\n1,2,3\n',
      'it holds taker volumes, which nothing',
    ],
    ['open interest in coin', 'timestamp,oi\n1,2\n', 'its open interest is not in USD; allowed: a'],
    ['funding', 'calc_time,last_funding_rate\n1,2\n', 'its columns are not known: calc_time, last'],
    [
      'trades',
      'id,time,price,qty,side\n1,2,3,4,BUY\n',
      'its columns are not known: id, time, price, qty, side; allowed: candles (time, open, high,',
    ],
    ['a header alone', 'timestamp,open,high,low,close,volume\n', 'there is a header, but no'],
    [
      'prices without volume',
      'timestamp,open,high,low,close\n1,2,3,4,5\n',
      'it has open, high, low and close but no volume; candles need one, and open interest is told',
    ],
    ['no header', '1,2,3\n', 'there is no header, and the first row is no candle (3 fields)'],
    ['binary', '\u0000\u0001\u0002', 'there is no header, and the first row is no candle'],
    ['nothing', '', 'there is nothing in it'],
    ['only line ends', '\n\r\n\n', 'there is nothing in it'],
    ['broken JSON', '[[1,2', 'it is no JSON: '],
    ['a JSON object', '{"a":1}', 'the JSON is no list; allowed: a list of rows'],
    ['an empty JSON list', '[]', 'the JSON list is empty'],
    ['a line without end', `${KLINE_HEADER}\n${'1'.repeat(70_000)}`, 'line 2 is longer than 65536'],
  ])('%s', async (_, text, problem) => {
    const read = await readAll(fileOf('BTCUSDT.csv', text));
    expect(read.problem).toContain(problem);
    expect(read).toEqual({ ...NOTHING, series: [], problem: read.problem });
  });

  test('mark, index and premium prices, which look like candles without volume', async () => {
    const text = klines(candles(25).map((candle) => ({ ...candle, volume: 0 })));
    const { problem, candles: taken } = await readAll(fileOf('BTCUSDT-5m-2026-01.csv', text));
    expect(taken).toEqual([]);
    expect(problem).toContain(
      'the volume of its first 25 candles is 0; allowed: candles of trades',
    );
  });

  test('another kind than the caller wants', async () => {
    const { problem } = await readAll(fileOf('BTCUSDT-5m.csv', klines(candles(3))), {
      expected: 'open_interest',
    });
    expect(problem).toBe('it holds candles, allowed here: open interest');
  });

  test('a folder, and nothing at all', async () => {
    const file = fileOf('BTCUSDT-5m.csv', '');
    expect((await readAll(file.slice(0, file.lastIndexOf('/')))).problem).toContain('EISDIR');
    expect((await readAll(`${file}x`)).problem).toContain('ENOENT: no such file');
  });
});

describe('symbol', () => {
  const text = klines(candles(2));
  test.each([
    ['BTCUSDT-1h-2021-2026.csv', 'BTCUSDT'],
    ['binance_um_ETHUSDT_5m-futures.csv', 'ETHUSDT'],
    ['binance_BTC_USDT_USDT-5m-futures.json', 'BTCUSDT'],
    ['okx_SOL-USDT-SWAP_ohlcv_1m.csv', 'SOLUSDT'],
    ['1000PEPEUSDT-1m-2025-03.zip', '1000PEPEUSDT'],
    ['1INCHUSDT-1m-2025-03.zip', '1INCHUSDT'],
    ['BTCUSD_PERP-5m-2024-01-01.csv', 'BTCUSD_PERP'],
    ['BTCUSD_260327-5m-2026-01-01.csv', 'BTCUSD_260327'],
    ['BTC-open-interest-4h.csv', 'BTCUSDT'],
    ['ETHUSDC-metrics-2026-01-01.zip', 'ETHUSDC'],
    ['candles.csv', null],
    ['BTC-liquidations-4h.csv', null],
    ['2024-USD.csv', null],
    ['USDT-2024.csv', null],
  ])('in the name %s: %s', (name, symbol) => {
    expect(symbolInName(name)).toBe(symbol);
  });

  test('of the file in a zip, when its own name does not tell', async () => {
    const zip = zipOf([{ name: 'BTCUSDT-5m-2026-01.csv', content: text }]);
    expect((await readAll(fileOf('download.zip', zip))).series).toEqual(['candles BTCUSDT 300']);
  });

  test('as the caller says', async () => {
    const read = await readAll(fileOf('BTCUSDT-5m.csv', text), { symbol: 'BTCUSDC' });
    expect(read.series).toEqual(['candles BTCUSDC 300']);
  });

  test('untold: the flag is named', async () => {
    const file = fileOf('candles.csv', text);
    expect((await readAll(file)).problem).toBe(
      'neither its name nor a column tells the symbol; give it with --symbol, such as ' +
        '--symbol BTCUSDT',
    );
    expect((await readAll(file, { symbolIfUntold: 'BTCUSDT' })).series).toHaveLength(1);
  });

  test('a column of another one than the caller says, or of none', async () => {
    const lines = ['ETHUSDT', '', 'BTC-USDT-SWAP'].map(
      (symbol, i) => `${symbol},${START_SEC + i},1,100`,
    );
    const text = ['symbol,time,oi,oi_value', ...lines].join('\n');
    const read = await readAll(fileOf('x.csv', text), { symbol: 'BTCUSDT' });
    expect(read.openInterest).toEqual([{ timeSec: START_SEC + 2, usd: 100 }]);
    expect(read.refused).toEqual([
      "x.csv:2 symbol is 'ETHUSDT', allowed: BTCUSDT (--symbol)",
      'x.csv:3 symbol is missing, allowed: capital letters and digits, such as BTCUSDT',
    ]);
  });
});
