import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { PRICE_PARAMETERS } from '../../packages/onchain/src/parameters.ts';
import { readSamples, readWeeks, type TrackedBlock } from './datasets.ts';
import { fitPopularity } from './popularity.ts';
import { fitTracking, scoreTracking, type TrackingScore } from './tracking.ts';
import { parametersFile } from './write-parameters.ts';

const ROUNDS = 3;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dataDir = path.resolve(process.argv[2] ?? path.join(root, '../shared/data'));

function say(line: string): void {
  process.stderr.write(`fit: ${line}\n`);
}

function show(score: TrackingScore): string {
  return (
    `${score.scored} truths, ${score.unanswered} unanswered, error median ${score.median.toFixed(3)} %, ` +
    `p90 ${score.p90.toFixed(3)} %, p99 ${score.p99.toFixed(2)} %, max ${score.max.toFixed(2)} %, ` +
    `coverage ${(100 * score.coverage).toFixed(1)} % at width ${score.width.toFixed(3)} %`
  );
}

async function main(): Promise<void> {
  const popularity = fitPopularity(await readSamples(dataDir));
  for (const { name, priceUsd, roundShare, votes } of popularity.samples) {
    say(`${name}: $${priceUsd.toFixed(0)}, ${(100 * roundShare).toFixed(1)} % of ${votes} round`);
  }
  const weeks = await readWeeks(dataDir);
  const everyOther = (parity: number): TrackedBlock[][] =>
    weeks.filter((_, index) => index % 2 === parity);
  const { toothWeights, roundShare } = popularity;
  const start = { ...PRICE_PARAMETERS, toothWeights, roundShare };
  say(`${weeks.length} weeks; start, weeks to fit: ${show(scoreTracking(start, everyOther(0)))}`);
  const fitted = fitTracking(start, everyOther(0), ROUNDS, say);
  const onFitted = show(scoreTracking(fitted, everyOther(0)));
  const onOthers = show(scoreTracking(fitted, everyOther(1)));
  say(`fitted weeks: ${onFitted}`);
  say(`other weeks:  ${onOthers}`);
  const file = path.join(root, 'packages/onchain/src/parameters.ts');
  writeFileSync(file, parametersFile(fitted, popularity, { onFitted, onOthers }));
  say(`written to ${path.relative(root, file)}; format it with: npm run format`);
}

if (existsSync(dataDir)) {
  await main();
} else {
  say(`no data at ${dataDir}: give the folder that holds bitcoin/, onchain-days/ and futures/`);
  process.exitCode = 2;
}
