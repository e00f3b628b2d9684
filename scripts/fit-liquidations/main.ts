import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type MarketHistory, readHistory } from './datasets.ts';
import { predictionOf, priceMoves, type Score, score, showScore } from './score.ts';
import { fitScale, parametersOf, predict, START, type Tuned, tune } from './tuning.ts';
import { usualRecipe } from './usual-recipe.ts';
import { parametersFile } from './write-parameters.ts';

const BLOCKS = 5;
/** Windows between those fitted on and those scored on: a day, by which most positions are gone. */
const MARGIN = 6;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dataDir = path.resolve(process.argv[2] ?? path.join(root, '../shared/data'));

function say(line: string): void {
  process.stderr.write(`fit: ${line}\n`);
}

function told(what: string, line: string): string {
  say(`${what}: ${line}`);
  return `${what}: ${line}`;
}

function day(timeSec: number): string {
  return new Date(timeSec * 1_000).toISOString().slice(0, 10);
}

function scoreOf(
  tuned: Tuned,
  scale: number,
  history: MarketHistory,
  places: readonly number[],
): Score {
  return score(predict(parametersOf(tuned, scale), history), history.windows, places);
}

/** Fits on some windows, scores on others. */
function holdOut(
  history: MarketHistory,
  train: readonly number[],
  test: readonly number[],
): { onTrain: string; onTest: string; unfitted: string } {
  const tuned = tune(history, train, () => {});
  const scale = fitScale(tuned, history, train);
  return {
    onTrain: showScore(scoreOf(tuned, scale, history, train)),
    onTest: showScore(scoreOf(tuned, scale, history, test)),
    unfitted: showScore(scoreOf(START, fitScale(START, history, train), history, test)),
  };
}

function leaveBlocksOut(history: MarketHistory, places: readonly number[]): string[] {
  return Array.from({ length: BLOCKS }, (_, block) => {
    const from = Math.floor((block * places.length) / BLOCKS);
    const to = Math.floor(((block + 1) * places.length) / BLOCKS);
    const train = places.filter((_place, i) => i < from - MARGIN || i >= to + MARGIN);
    const { onTest, unfitted } = holdOut(history, train, places.slice(from, to));
    const since = day(history.windows[places[from]!]!.timeSec);
    return told(`without the fifth since ${since}, on it`, `${onTest} (unfitted: ${unfitted})`);
  });
}

function main(): void {
  const history = readHistory(dataDir);
  const { windows } = history;
  const everything = windows.map((_, place) => place);
  // A window in which nothing at all was liquidated is one of which nothing was recorded.
  const places = everything.filter(
    (place) => windows[place]!.longUsd + windows[place]!.shortUsd > 0,
  );
  const recipe = predictionOf(usualRecipe(history), windows);
  const chart = score(priceMoves(history), windows, everything);
  say(`move of price alone: long ${chart.long.toFixed(4)}, short ${chart.short.toFixed(4)}`);
  const scores = [told('usual recipe', showScore(score(recipe, windows, everything)))];
  const middle = places.length >> 1;
  const { onTrain, onTest, unfitted } = holdOut(
    history,
    places.slice(0, middle),
    places.slice(middle + MARGIN),
  );
  scores.push(
    told('fitted on the first half', onTrain),
    told('that on the second half', `${onTest} (unfitted: ${unfitted})`),
    ...leaveBlocksOut(history, places),
  );
  const tuned = tune(history, places, say);
  const scale = fitScale(tuned, history, places);
  scores.push(told('fitted on all', showScore(scoreOf(tuned, scale, history, everything))));
  const span = `BTC, ${day(windows[0]!.timeSec)} to ${day(windows.at(-1)!.timeSec)}, hourly candles`;
  const file = path.join(root, 'packages/liquidations/src/parameters.ts');
  writeFileSync(file, parametersFile(parametersOf(tuned, scale), { span, scores }));
  say(`written to ${path.relative(root, file)}; format it with: npm run format`);
}

if (existsSync(path.join(dataDir, 'futures'))) {
  main();
} else {
  say(`no data at ${dataDir}: give the folder that holds futures/`);
  process.exitCode = 2;
}
