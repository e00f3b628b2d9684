import { describe, expect, it } from 'vitest';
import { PricePipeline } from '../packages/server/src/pipelines/price-pipeline.ts';
import { BufferedSource } from '../packages/server/src/sources/buffered-source.ts';
import { PricePath } from '../packages/server/src/sources/demo/price-path.ts';
import { DemoSource } from '../packages/server/src/sources/demo-source.ts';
import { FakeClock } from '../packages/server/test/sources/support/fake-clock.ts';
import { Recorder } from '../packages/server/test/sources/support/recorder.ts';

const LIVE_SEC = 1_767_225_600;
const HISTORY_SEC = 2 * 3600;
/** Time to tell one octave from another; the history that the product makes up is far longer. */
const WARM_UP_SEC = 1800;
const LIVE_FOR_SEC = 1800;
const READ_EACH_SEC = 30;

interface Reading {
  readonly timeSec: number;
  readonly priceUsd: number | null;
  readonly trueUsd: number;
}

/** Runs history and an hour live on injected time, and reads the price beside the hidden one. */
async function readDemo(seed: number): Promise<Reading[]> {
  const clock = new FakeClock(LIVE_SEC);
  const source = new BufferedSource(new DemoSource({ seed, historySec: HISTORY_SEC, clock }));
  const pipeline = new PricePipeline();
  const hidden = new PricePath(seed);
  const readings: Reading[] = [];
  const heard = new Recorder();
  let nextSec = LIVE_SEC - HISTORY_SEC + WARM_UP_SEC;
  await source.start({
    onStatus: () => {},
    onFrame: (frame) => {
      pipeline.acceptFrame(frame);
      if (frame.timeSec >= nextSec) {
        nextSec += READ_EACH_SEC;
        const { priceUsd } = pipeline.estimate(frame.timeSec);
        const { timeSec } = frame;
        readings.push({ timeSec, priceUsd, trueUsd: hidden.priceUsd(timeSec) });
      }
      heard.onFrame(frame);
    },
  });
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  while (clock.timers === 0) await nextTurn();
  await source.whenIdle();
  for (let sec = 0; sec < LIVE_FOR_SEC; sec += 5) {
    clock.advance(5000);
    await nextTurn();
  }
  await source.whenIdle();
  expect(source.status()).toMatchObject({ dropped: 0, missed: 0, state: 'connected' });
  const malformed = Object.values(pipeline.counters().malformedTransactions);
  expect(malformed.reduce((sum, count) => sum + count, 0)).toBe(0);
  // Three hours of blocks come within seconds, yet with the times at which they would have come.
  expect(pipeline.counters().filteredByRule.node_catching_up).toBe(0);
  expect(pipeline.counters().blocks).toBeGreaterThan(6);
  await source.stop();
  return readings;
}

describe('the demo price', () => {
  it.each([1, 2, 3])(
    'is live within its history and near the hidden one (seed %d)',
    async (seed) => {
      const readings = await readDemo(seed);
      expect(readings.length).toBeGreaterThan(
        (0.9 * (HISTORY_SEC - WARM_UP_SEC + LIVE_FOR_SEC)) / READ_EACH_SEC,
      );
      const wrong = readings.filter(
        ({ priceUsd, trueUsd }) => priceUsd !== null && Math.abs(priceUsd / trueUsd - 1) > 0.01,
      );
      expect(wrong).toEqual([]);
      // To say for a moment that it cannot tell is honest; to be seen to do so often is not live.
      const silent = readings.filter(({ priceUsd }) => priceUsd === null);
      expect(silent.length / readings.length).toBeLessThan(0.02);
      expect(readings.at(-1)!.priceUsd).not.toBeNull();
    },
  );
});
