/**
 * The liquidation model: candles a second, a snapshot, columns through time, and how well it ranks
 * what was liquidated.
 *
 * Times are medians over repeats that alternate with a reference in the same run: a million
 * Math.exp. Rates are of steady state: the map is full and candles take as many positions as they
 * open.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Candle,
  LEARNED_PARAMETERS,
  type LeverageWeights,
  LiquidationEngine,
  LiquidationModel,
  OpenInterestTrack,
} from '@tidegauge/liquidations';
import { randomMarket } from '../packages/liquidations/test/random-market.ts';
import { readHistory } from '../scripts/fit-liquidations/datasets.ts';
import { predictionOf, priceMoves, score, showScore } from '../scripts/fit-liquidations/score.ts';
import { predict } from '../scripts/fit-liquidations/tuning.ts';
import { usualRecipe } from '../scripts/fit-liquidations/usual-recipe.ts';

const REPEATS = 15;
const INTERVAL_SEC = 300;
/** 180 days. */
const CANDLES = 51_840;
const COLUMNS = 1_000;
const VOLATILITY = 0.002;
const OPEN_INTEREST_USD = 5e9;
const FIVE_TIERS: LeverageWeights = [
  { leverage: 5, weight: 0.15 },
  { leverage: 10, weight: 0.3 },
  { leverage: 25, weight: 0.25 },
  { leverage: 50, weight: 0.2 },
  { leverage: 100, weight: 0.1 },
];
const dataDir = fileURLToPath(new URL('../../shared/data', import.meta.url));
const market = randomMarket(1, CANDLES, INTERVAL_SEC, VOLATILITY);

/** What the measured code computes has to go somewhere, or the compiler may leave it out. */
let sink = 0;

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Medians of both, run in turns so that whatever else the machine does hits both alike. */
function alternate(repeats: number, run: () => void): { medianMs: number; share: string } {
  const own: number[] = [];
  const others: number[] = [];
  for (let i = -3; i < repeats; i += 1) {
    const ownMs = timeMs(run);
    const otherMs = timeMs(() => {
      for (let k = 0; k < 1_000_000; k += 1) sink += Math.exp(-k * 1e-6);
    });
    if (i < 0) continue;
    own.push(ownMs);
    others.push(otherMs);
  }
  const share = median(own) / median(others);
  return { medianMs: median(own), share: `${share.toPrecision(3)} of a million Math.exp` };
}

function shifted(candles: readonly Candle[], bySec: number): Candle[] {
  return candles.map((candle) => ({ ...candle, timeSec: candle.timeSec + bySec }));
}

function benchCandles(name: string, leverageWeights: LeverageWeights): void {
  const engine = new LiquidationEngine({
    intervalSec: INTERVAL_SEC,
    bucketUsd: 50,
    leverageWeights,
  });
  const spans = Array.from({ length: REPEATS + 3 }, (_, i) =>
    shifted(market.candles, i * CANDLES * INTERVAL_SEC),
  );
  const { medianMs, share } = alternate(REPEATS, () => {
    for (const candle of spans.shift()!) sink += engine.accept(candle, OPEN_INTEREST_USD).longUsd;
  });
  const { positionsCreated, positionsConsumed } = engine.longs;
  console.log(
    `${name}: ${((CANDLES / medianMs) * 1_000).toFixed(0)} candles/s (bar: 1000000 with 5 tiers); ` +
      `${CANDLES} candles in ${share}; ${positionsConsumed} of ${positionsCreated} longs reached`,
  );
}

function filledModel(): LiquidationModel {
  const model = new LiquidationModel({
    intervalSec: INTERVAL_SEC,
    bucketUsd: 50,
    openInterestPeriodSec: 4 * INTERVAL_SEC,
  });
  for (const sample of market.openInterest) model.takeOpenInterest(sample);
  for (const candle of market.candles) model.takeCandle(candle, true);
  model.settle();
  return model;
}

function benchSnapshot(): void {
  const engine = new LiquidationEngine({ intervalSec: INTERVAL_SEC, bucketUsd: 50 });
  for (const candle of market.candles) engine.accept(candle, OPEN_INTEREST_USD);
  const levels = engine.snapshot().levels.length;
  const { medianMs, share } = alternate(101, () => {
    sink += JSON.stringify(engine.snapshot()).length;
  });
  console.log(
    `snapshot of ${levels} levels with JSON: ${medianMs.toFixed(3)} ms (bar for 500: 1); ${share}`,
  );
  const model = filledModel();
  const live = alternate(31, () => {
    sink += model.snapshot()?.levels.length ?? 0;
  });
  const saved = alternate(15, () => {
    sink += model.save().length;
  });
  console.log(
    `live model of 180 days: snapshot with what is not settled ${live.medianMs.toFixed(2)} ms; ` +
      `saved in ${saved.medianMs.toFixed(1)} ms to ${(model.save().length / 1e6).toFixed(2)} MB`,
  );
}

/** As the server makes them: one after another from one engine. */
function benchColumns(name: string, leverageWeights: LeverageWeights): void {
  const track = new OpenInterestTrack(4 * INTERVAL_SEC);
  for (const sample of market.openInterest) track.take(sample);
  const { medianMs, share } = alternate(7, () => {
    const options = { intervalSec: INTERVAL_SEC, bucketUsd: 100, leverageWeights };
    const engine = new LiquidationEngine(options);
    let due = 0;
    for (const [i, candle] of market.candles.entries()) {
      engine.accept(candle, track.at(candle.timeSec + INTERVAL_SEC));
      if (i < due) continue;
      sink += engine.snapshot().levels.length;
      due += CANDLES / COLUMNS;
    }
  });
  console.log(
    `180 days of 5 min candles to ${COLUMNS} columns, ${name}: ${medianMs.toFixed(0)} ms ` +
      `(bar with store and encoding: 300); ${share}`,
  );
}

function benchScore(): void {
  const history = readHistory(dataDir);
  const { windows } = history;
  const places = windows.map((_, place) => place);
  const moves = score(priceMoves(history), windows, places);
  console.log(`price moves alone: long ${moves.long.toFixed(4)}, short ${moves.short.toFixed(4)}`);
  const recipe = predictionOf(usualRecipe(history), windows);
  console.log(`usual recipe: ${showScore(score(recipe, windows, places))}`);
  const learned = score(predict(LEARNED_PARAMETERS, history), windows, places);
  console.log(
    `learned model: ${showScore(learned)} (bars: long 0.92, short 0.87, volume 0.5 to 2)`,
  );
}

benchCandles('5 leverages', FIVE_TIERS);
benchCandles('learned mix', LEARNED_PARAMETERS.leverageWeights);
benchSnapshot();
benchColumns('5 leverages', FIVE_TIERS);
benchColumns('learned mix', LEARNED_PARAMETERS.leverageWeights);
if (existsSync(dataDir)) benchScore();
else console.log('../shared/data is not there: the scores are left out');
if (sink === 0) throw new Error('nothing was computed');
