/**
 * The estimator: what one estimate costs while transactions come, what a block costs, a day of
 * blocks from their bytes, all days of the replay, and the memory of a filter.
 *
 * Times are of the CPU or, where a sample is shorter than what the scheduler gives in one go, of
 * the wall, as a median over repeats. Beside them stands a reference of the same run (a fixed loop
 * of Math.exp, the bare parsing of the same lines), so that runs on other machines compare.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  DECODE_OK,
  NO_RULE,
  PriceFilter,
  rejectingOutputRule,
  rejectingTxRule,
  Tx,
  TxidMemory,
} from '@tidegauge/onchain';
import { CheckedBlock } from '../packages/server/src/pipelines/checked-block.ts';
import { hash256 } from '../packages/server/src/pipelines/hash256.ts';
import { PriceReplay } from '../packages/server/src/pipelines/price-replay.ts';
import { readReplayFile } from '../packages/server/src/sources/replay-file.ts';
import { heldBytes } from './held-bytes.ts';

const TICK_SEC = 0.5;
/** 10 transactions a second with two votes each. */
const VOTES_PER_TICK = 10;
const WARM_UP_SEC = 3 * 3600;
const BLOCK_VOTES = 3000;
const BLOCK_SEC = 600;
const BLOCKS_A_DAY = 144;
const DAY_SEC = 86_400;
const START_SEC = 1_767_225_600;
const PRICE_USD = 90_000;

const data = fileURLToPath(new URL('../../shared/data/', import.meta.url));

/** Seeded numbers in [0, 1): a linear congruential generator (Knuth, MMIX) on its high bits. */
function seededRandom(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 11n) / 2 ** 53;
  };
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const ROUND_USD = [5, 10, 20, 25, 30, 50, 75, 100, 150, 200, 250, 300, 500, 1000, 2000];

/** Made-up payments along a wandering price, a share of them of a round amount of dollars. */
class MadeUpVotes {
  readonly #random = seededRandom(20_260_101);
  readonly #roundShare: number;
  #logPrice = Math.log(PRICE_USD);

  constructor(roundShare = 1 / 7) {
    this.#roundShare = roundShare;
  }

  get priceUsd(): number {
    return Math.exp(this.#logPrice);
  }

  /** One vote in satoshi; `elapsedSec` is what has passed since the one before. */
  next(elapsedSec: number): number {
    const random = this.#random;
    this.#logPrice += 0.025 * Math.sqrt(elapsedSec / DAY_SEC) * gaussian(random);
    const usd =
      random() < this.#roundShare
        ? ROUND_USD[Math.floor(ROUND_USD.length * random())]! * Math.exp(0.001 * gaussian(random))
        : Math.exp(5 + 2 * gaussian(random));
    return Math.round((usd / Math.exp(this.#logPrice)) * 1e8) + 1;
  }
}

/** What the measured code computes has to go somewhere, or the compiler may leave it out. */
let sink = 0;

function timeMs(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function cpuSec(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** 10,000 times Math.exp: the reference for what has nothing nearer to be held against. */
function exponentials(): void {
  for (let i = 0; i < 10_000; i += 1) sink += Math.exp(-i / 1000);
}

function medianExponentialsMs(): number {
  return quantile(
    Array.from({ length: 201 }, () => timeMs(exponentials)),
    0.5,
  );
}

/** Feeds a filter one interval's votes; returns the time after it. */
function tick(filter: PriceFilter, votes: MadeUpVotes, timeSec: number): number {
  for (let i = 0; i < VOTES_PER_TICK; i += 1) {
    filter.observe(
      votes.next(TICK_SEC / VOTES_PER_TICK),
      timeSec + (i * TICK_SEC) / VOTES_PER_TICK,
    );
  }
  return timeSec + TICK_SEC;
}

function warmUp(filter: PriceFilter, votes: MadeUpVotes, fromSec: number): number {
  let timeSec = fromSec;
  while (timeSec < fromSec + WARM_UP_SEC) timeSec = tick(filter, votes, timeSec);
  return timeSec;
}

/** A figure says something only of a filter that is at work, so it has to have found the price. */
function expectPrice(filter: PriceFilter, timeSec: number, trueUsd: number): void {
  const { priceUsd } = filter.estimate(timeSec, 0);
  if (priceUsd === null || Math.abs(priceUsd / trueUsd - 1) > 0.01) {
    throw new Error(`payments made up at ${trueUsd} USD were read at ${priceUsd}`);
  }
}

/** Votes of an interval, made beforehand so that only the filter is timed, and then the estimate. */
function benchTicks(
  what: string,
  filter: PriceFilter,
  votes: MadeUpVotes,
  fromSec: number,
): number {
  const ticks = 1200;
  const times: number[] = [];
  let timeSec = fromSec;
  let spentSec = 0;
  for (let n = 0; n < ticks; n += 1) {
    const amounts = Array.from({ length: VOTES_PER_TICK }, () =>
      votes.next(TICK_SEC / VOTES_PER_TICK),
    );
    const beforeSec = cpuSec();
    const ms = timeMs(() => {
      for (const [i, sats] of amounts.entries()) {
        filter.observe(sats, timeSec + (i * TICK_SEC) / VOTES_PER_TICK);
      }
      sink += filter.estimate(timeSec + TICK_SEC, 0).confidence;
    });
    spentSec += cpuSec() - beforeSec;
    times.push(ms);
    timeSec += TICK_SEC;
  }
  const median = quantile(times, 0.5);
  console.log(
    `one estimate with the ${VOTES_PER_TICK} votes of its 500 ms, ${what}: ` +
      `${((spentSec / ticks) * 1000).toFixed(2)} ms of CPU on average (bar: 1); median ` +
      `${median.toFixed(2)} ms, 99th percentile ${quantile(times, 0.99).toFixed(2)} ms; ` +
      `median ${(median / medianExponentialsMs()).toFixed(1)} times 10,000 Math.exp`,
  );
  return timeSec;
}

function benchBlockOfVotes(filter: PriceFilter, votes: MadeUpVotes, fromSec: number): void {
  const times: number[] = [];
  for (let block = 0; block < 41; block += 1) {
    const timeSec = fromSec + block * BLOCK_SEC;
    const amounts = Array.from({ length: BLOCK_VOTES }, () => votes.next(BLOCK_SEC / BLOCK_VOTES));
    times.push(
      timeMs(() => {
        for (const sats of amounts) filter.observe(sats, timeSec);
        sink += filter.estimate(timeSec, 0).confidence;
      }),
    );
  }
  const median = quantile(times, 0.5);
  console.log(
    `a block of ${BLOCK_VOTES} votes and its estimate: ${median.toFixed(1)} ms (bar: 20), 90th ` +
      `percentile ${quantile(times, 0.9).toFixed(1)} ms; ` +
      `${(median / medianExponentialsMs()).toFixed(0)} times 10,000 Math.exp`,
  );
}

/** The votes of a block, decoded, hashed and checked as the product does. */
function votesOfBlock(block: CheckedBlock, bytes: Uint8Array): number[] {
  if (block.check(bytes) !== DECODE_OK) throw new Error('the block is malformed');
  const seen = new TxidMemory(DAY_SEC);
  const { timeSec } = block.header;
  const amounts: number[] = [];
  block.visit((tx, txids, at) => {
    seen.add(txids, at, timeSec);
    if (rejectingTxRule(tx, (parent, from) => seen.seenSince(parent, from, 0)) !== NO_RULE) return;
    for (let i = 0; i < tx.outputCount; i += 1) {
      if (rejectingOutputRule(tx.outputSats[i]!) === NO_RULE) amounts.push(tx.outputSats[i]!);
    }
  });
  return amounts;
}

function benchDayOfBlocks(): void {
  const bytes = new Uint8Array(readFileSync(`${data}bitcoin/block-702861.raw`));
  const random = seededRandom(702_861);
  const runs: { allSec: number; decodeSec: number; priceUsd: number | null; votes: number }[] = [];
  for (let repeat = 0; repeat < 3; repeat += 1) {
    const block = new CheckedBlock(hash256, new Tx());
    const filter = new PriceFilter();
    const startSec = cpuSec();
    let [decodeSec, votes, priceUsd]: [number, number, number | null] = [0, 0, null];
    for (let number = 0; number < BLOCKS_A_DAY; number += 1) {
      const beforeSec = cpuSec();
      const amounts = votesOfBlock(block, bytes);
      decodeSec += cpuSec() - beforeSec;
      // Else the same amounts would come 144 times, which the filter knows how to doubt.
      const timeSec = START_SEC + number * BLOCK_SEC;
      for (const sats of amounts) {
        filter.observe(Math.round(sats * (1 + 0.002 * gaussian(random))), timeSec);
      }
      priceUsd = filter.estimate(timeSec, 0).priceUsd;
      votes += amounts.length;
    }
    runs.push({ allSec: cpuSec() - startSec, decodeSec, priceUsd, votes });
  }
  const run = runs.toSorted((a, b) => a.allSec - b.allSec)[1]!;
  console.log(
    `${BLOCKS_A_DAY} times block 702861 (${run.votes} votes) to a price of ` +
      `${run.priceUsd?.toFixed(0)} USD: ${run.allSec.toFixed(2)} s of CPU (bar: 5), of it ` +
      `${run.decodeSec.toFixed(2)} s to decode, hash and check the blocks`,
  );
}

async function benchReplay(): Promise<void> {
  const folder = `${data}onchain-days/`;
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort()
    .map((name) => folder + name);
  const parseStartSec = cpuSec();
  for (const file of files) {
    for (const line of gunzipSync(readFileSync(file)).toString().split('\n')) {
      if (line !== '') sink += (JSON.parse(line) as { outputs: number[] }).outputs.length;
    }
  }
  const parseSec = cpuSec() - parseStartSec;
  const startSec = cpuSec();
  const replay = new PriceReplay();
  let [blocks, answered] = [0, 0];
  for (const file of files) {
    for await (const item of readReplayFile(file)) {
      const result = replay.accept(item);
      if (result === null || 'reason' in result) throw new Error(`${file} cannot be replayed`);
      blocks += 1;
      if (result.estimate.priceUsd !== null) answered += 1;
    }
  }
  const spentSec = cpuSec() - startSec;
  console.log(
    `replay of ${files.length} days, ${blocks} blocks, ${answered} with a price: ` +
      `${spentSec.toFixed(1)} s of CPU (bar: 60), ${((spentSec / blocks) * 1000).toFixed(2)} ms a ` +
      `block; ${(spentSec / parseSec).toFixed(1)} times unpacking and parsing the same lines`,
  );
}

async function benchMemory(): Promise<void> {
  const votes = new MadeUpVotes();
  const before = await heldBytes();
  const filter = new PriceFilter();
  const fresh = (await heldBytes()) - before;
  let timeSec = START_SEC;
  const held: string[] = [];
  for (const hours of [6, 12]) {
    while (timeSec < START_SEC + hours * 3600) timeSec = tick(filter, votes, timeSec);
    held.push(`${(((await heldBytes()) - before) / 1e6).toFixed(2)} MB after ${hours} h`);
  }
  sink += filter.estimate(timeSec, 0).confidence;
  console.log(
    `memory of one filter at 20 votes a second: ${(fresh / 1e6).toFixed(2)} MB new, ` +
      `${held.join(', ')}`,
  );
}

const filter = new PriceFilter();
const votes = new MadeUpVotes();
const warmSec = warmUp(filter, votes, START_SEC);
expectPrice(filter, warmSec, votes.priceUsd);
const afterSec = benchTicks('tracking', filter, votes, warmSec);
expectPrice(filter, afterSec, votes.priceUsd);
const [unsettled, noise] = [new PriceFilter(), new MadeUpVotes(0)];
benchTicks('without a price', unsettled, noise, warmUp(unsettled, noise, START_SEC));
benchBlockOfVotes(filter, votes, afterSec + BLOCK_SEC);
await benchMemory();
if (existsSync(data)) {
  benchDayOfBlocks();
  await benchReplay();
} else {
  console.log('../shared/data is not there: real blocks and days are not measured');
}
if (sink === 0) throw new Error('nothing was computed');
