/** The data that the model is fitted to. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type VoteBatch, VoteReader } from '../../packages/server/src/pipelines/vote-reader.ts';
import { readReplayFile } from '../../packages/server/src/sources/replay-file.ts';

const HOUR_SEC = 3_600;
/** A block this close to a full hour is held against the exchange price of that hour. */
const TRUTH_REACH_SEC = 120;

/** A real block or mempool: everything that votes, and what the price about was. */
export interface Sample {
  readonly name: string;
  readonly roughPriceUsd: number;
  readonly amountsSats: readonly number[];
}

/** Published exchange prices of the day, only to start the search for the exact shift. */
const SAMPLES = [
  { name: 'block-300025.raw', roughPriceUsd: 450 },
  { name: 'block-413567.raw', roughPriceUsd: 453 },
  { name: 'block-702861.raw', roughPriceUsd: 43_030 },
  { name: 'block-866342.raw', roughPriceUsd: 68_260 },
  { name: 'mempool-2024-03-14.hex.gz', roughPriceUsd: 72_900 },
];

async function votesOf(file: string): Promise<VoteBatch[]> {
  const reader = new VoteReader();
  const batches: VoteBatch[] = [];
  for await (const item of readReplayFile(file)) {
    const batch = reader.accept(item);
    if (batch === null) continue;
    if ('reason' in batch) throw new Error(`${batch.where}: ${batch.reason}`);
    batches.push(batch);
  }
  return batches;
}

export async function readSamples(dataDir: string): Promise<Sample[]> {
  return Promise.all(
    SAMPLES.map(async ({ name, roughPriceUsd }) => {
      const batches = await votesOf(path.join(dataDir, 'bitcoin', name));
      const amountsSats = batches.flatMap((batch) => batch.amountsSats);
      return { name, roughPriceUsd, amountsSats };
    }),
  );
}

/** One block of the tracking data; truthUsd where it lies close to a full hour. */
export interface TrackedBlock {
  readonly timeSec: number;
  readonly amountsSats: Float64Array;
  readonly truthUsd: number | null;
}

function readHourlyPrices(file: string): Map<number, number> {
  const prices = new Map<number, number>();
  for (const row of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const [time, open] = row.split(',');
    prices.set(Date.parse(`${time}Z`) / 1000, Number(open));
  }
  return prices;
}

/** Whole weeks of blocks, in order. */
export async function readWeeks(dataDir: string): Promise<TrackedBlock[][]> {
  const prices = readHourlyPrices(path.join(dataDir, 'futures', 'BTCUSDT-1h-2021-2026.csv'));
  const days = path.join(dataDir, 'onchain-days');
  const weeks: TrackedBlock[][] = [];
  let lastSec = 0;
  for (const name of readdirSync(days).sort()) {
    for (const { timeSec, amountsSats } of await votesOf(path.join(days, name))) {
      if (timeSec === null) continue;
      if (timeSec - lastSec > 24 * HOUR_SEC * 2) weeks.push([]);
      lastSec = timeSec;
      const hourSec = Math.round(timeSec / HOUR_SEC) * HOUR_SEC;
      const near = Math.abs(timeSec - hourSec) <= TRUTH_REACH_SEC;
      const truthUsd = near ? (prices.get(hourSec) ?? null) : null;
      weeks.at(-1)!.push({ timeSec, amountsSats: Float64Array.from(amountsSats), truthUsd });
    }
  }
  return weeks;
}
