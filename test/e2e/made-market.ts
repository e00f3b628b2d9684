/**
 * A made-up market for the stand-in: a seeded walk of candles and what a crowd of leveraged
 * positions would look like over it. Far simpler than the server's model, but of the same shape
 * and size.
 */
import type {
  HeatmapColumn,
  HeatmapLevelBody,
  HeatmapMessage,
  HeatmapTimeSeriesBody,
  KlineBody,
  KlinesBody,
} from '@tidegauge/protocol';
import { nowSec, seeded } from './samples.ts';

const CANDLE_SEC = 300;
const HISTORY_SEC = 9 * 86_400;
const HALF_LIFE_SEC = 86_400;
const LEVERAGES = [5, 7, 10, 15, 20, 25, 33, 50, 75, 100, 125];
const MAINTENANCE = 0.004;
/** Levels under this share of the largest are not told. */
const LEAST_SHARE = 1e-4;

export interface MarketTraits {
  readonly symbol: string;
  readonly seed: number;
  readonly startUsd: number;
  readonly bucketUsd: number;
  /** Standard deviation of five minutes. */
  readonly volatility: number;
  readonly volumeUsd: number;
}

export const MARKETS: readonly MarketTraits[] = [
  {
    symbol: 'BTCUSDT',
    seed: 11,
    startUsd: 96_400,
    bucketUsd: 100,
    volatility: 0.0013,
    volumeUsd: 9e7,
  },
  { symbol: 'ETHUSDT', seed: 5, startUsd: 3_410, bucketUsd: 5, volatility: 0.0018, volumeUsd: 5e7 },
  { symbol: 'SOLUSDT', seed: 8, startUsd: 142, bucketUsd: 0.2, volatility: 0.0024, volumeUsd: 1e7 },
  {
    symbol: 'DOGEUSDT',
    seed: 9,
    startUsd: 0.31,
    bucketUsd: 0.0005,
    volatility: 0.0026,
    volumeUsd: 3e6,
  },
];

interface Side {
  readonly usd: Float64Array;
}

export class MadeMarket {
  readonly traits: MarketTraits;
  readonly candles: readonly KlineBody[];

  constructor(traits: MarketTraits) {
    this.traits = traits;
    this.candles = walk(traits);
  }

  get priceUsd(): number {
    return this.candles.at(-1)!.close;
  }

  klines(interval: string, fromSec: number, toSec: number): KlinesBody {
    const intervalSec = secondsOf(interval);
    const klines: KlineBody[] = [];
    for (const candle of this.candles) {
      const time = Math.floor(candle.time / intervalSec) * intervalSec;
      if (time < fromSec || time > toSec) continue;
      const last = klines.at(-1);
      if (last?.time === time) klines[klines.length - 1] = joined(last, candle);
      else klines.push({ ...candle, time });
    }
    return { symbol: this.traits.symbol, interval, klines };
  }

  timeSeries(interval: string, fromSec: number, toSec: number): HeatmapTimeSeriesBody {
    const intervalSec = secondsOf(interval);
    const data: HeatmapColumn[] = [];
    this.#run((endSec, long, short) => {
      if (endSec % intervalSec !== 0 || endSec <= fromSec || endSec > toSec) return;
      data.push({ timestamp: isoTime(endSec), levels: this.#levels(long, short) });
    });
    const { symbol, bucketUsd } = this.traits;
    const meta = {
      symbol,
      interval,
      price_bin_size: bucketUsd,
      total_snapshots: data.length,
      price_range: null,
      total_long_volume: 0,
      total_short_volume: 0,
      total_consumed: 0,
    };
    return { data, meta };
  }

  /** The map of now. @param factor multiplies all volumes, so that the map differs */
  snapshot(seq: number, factor = 1, epoch = 'e1'): HeatmapMessage {
    let levels: readonly HeatmapLevelBody[] = [];
    this.#run((_, long, short) => {
      levels = this.#levels(long, short);
    }, true);
    const shown = levels.map((level) => ({
      price: level.price,
      long_density: Math.round(level.long_density * factor),
      short_density: Math.round(level.short_density * factor),
    }));
    const total = (side: 'long_density' | 'short_density'): number =>
      shown.reduce((sum, level) => sum + level[side], 0);
    const data = {
      levels: shown,
      current_price: this.priceUsd,
      bucket_size: this.traits.bucketUsd,
      total_long: total('long_density'),
      total_short: total('short_density'),
      positions_created: 41_000 + seq,
      positions_consumed: 12_000,
      gaps: [],
    };
    return {
      type: 'snapshot',
      symbol: this.traits.symbol,
      timestamp: isoTime(nowSec()),
      epoch,
      seq,
      data,
    };
  }

  /** Goes through the history. @param onlyLast calls back once, at the end */
  #run(onCandle: (endSec: number, long: Side, short: Side) => void, onlyLast = false): void {
    const { bucketUsd, volumeUsd, startUsd } = this.traits;
    const buckets = Math.ceil((startUsd * 2) / bucketUsd);
    const long: Side = { usd: new Float64Array(buckets) };
    const short: Side = { usd: new Float64Array(buckets) };
    const kept = 0.5 ** (CANDLE_SEC / HALF_LIFE_SEC);
    for (const [i, candle] of this.candles.entries()) {
      long.usd.fill(0, Math.floor(candle.low / bucketUsd));
      short.usd.fill(0, 0, Math.ceil(candle.high / bucketUsd));
      for (const side of [long, short]) {
        for (let n = 0; n < buckets; n += 1) side.usd[n] = side.usd[n]! * kept;
      }
      this.#open(candle, long, short, volumeUsd * candle.volume);
      const last = i === this.candles.length - 1;
      if (!onlyLast || last) onCandle(candle.time + CANDLE_SEC, long, short);
    }
  }

  #open({ close }: KlineBody, long: Side, short: Side, usd: number): void {
    for (const leverage of LEVERAGES) {
      const part = usd / Math.sqrt(leverage) / LEVERAGES.length;
      const down = (close * (1 - 1 / leverage)) / (1 - MAINTENANCE);
      const up = (close * (1 + 1 / leverage)) / (1 + MAINTENANCE);
      add(long, down / this.traits.bucketUsd, part);
      add(short, up / this.traits.bucketUsd, part);
    }
  }

  #levels(long: Side, short: Side): readonly HeatmapLevelBody[] {
    const least = LEAST_SHARE * Math.max(...long.usd, ...short.usd);
    const levels: HeatmapLevelBody[] = [];
    for (let n = 1; n < long.usd.length; n += 1) {
      const price = Number((n * this.traits.bucketUsd).toPrecision(12));
      const [l, s] = [long.usd[n]!, short.usd[n]!];
      if (l < least && s < least) continue;
      levels.push({ price, long_density: Math.round(l), short_density: Math.round(s) });
    }
    return levels;
  }
}

function add({ usd }: Side, place: number, part: number): void {
  const bucket = Math.floor(place);
  if (bucket >= 0 && bucket < usd.length) usd[bucket] = usd[bucket]! + part;
}

/** Candles up to the one in progress; volume in units of the ordinary one. */
function walk({ seed, startUsd, volatility }: MarketTraits): readonly KlineBody[] {
  const random = seeded(seed);
  const gauss = (): number => random() + random() + random() + random() - 2;
  const lastSec = Math.floor(nowSec() / CANDLE_SEC) * CANDLE_SEC;
  const count = HISTORY_SEC / CANDLE_SEC;
  let close = startUsd;
  let calm = 1;
  return Array.from({ length: count }, (_, i) => {
    calm = Math.min(3, Math.max(0.4, calm * Math.exp(gauss() * 0.12)));
    const open = close;
    const step = gauss() * 1.7 * volatility * calm + 0.02 * volatility * Math.log(startUsd / open);
    close = open * Math.exp(step);
    const wick = (): number => 1 + random() * volatility * calm;
    return {
      time: lastSec - (count - 1 - i) * CANDLE_SEC,
      open,
      high: Math.max(open, close) * wick(),
      low: Math.min(open, close) / wick(),
      close,
      volume: calm * (0.5 + random()) * (1 + (6 * Math.abs(step)) / volatility / 3),
    };
  });
}

function joined(one: KlineBody, next: KlineBody): KlineBody {
  return {
    time: one.time,
    open: one.open,
    high: Math.max(one.high, next.high),
    low: Math.min(one.low, next.low),
    close: next.close,
    volume: one.volume + next.volume,
  };
}

function secondsOf(interval: string): number {
  const units: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
  return Number.parseInt(interval, 10) * units[interval.at(-1)!]!;
}

export function isoTime(timeSec: number): string {
  return new Date(Math.floor(timeSec) * 1000).toISOString().replace('.000Z', 'Z');
}
