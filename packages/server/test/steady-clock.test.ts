import { describe, expect, test } from 'vitest';
import { PricePipeline } from '../src/pipelines/price-pipeline.ts';
import { DemoChain } from '../src/sources/demo/demo-chain.ts';
import { steadyClock } from '../src/steady-clock.ts';
import { FakeClock } from './sources/support/fake-clock.ts';

const START = 1_767_225_600;
const HOUR = 3600;

describe('steadyClock', () => {
  test('is the wall clock while that goes evenly, and follows it ahead at once', () => {
    const wall = new FakeClock(START);
    const clock = steadyClock(wall);
    wall.advance(60_000);
    expect(clock.nowSec()).toBeCloseTo(START + 60, 6);
    wall.jump(8 * HOUR);
    expect(clock.nowSec()).toBeCloseTo(START + 60 + 8 * HOUR, 6);
  });

  test('a wall clock set back neither turns it back nor stops it, and is met again', () => {
    const wall = new FakeClock(START);
    const clock = steadyClock(wall);
    wall.jump(-60);
    let before = clock.nowSec();
    expect(before).toBe(START);
    for (let sec = 1; sec <= 590; sec++) {
      wall.advance(1000);
      const now = clock.nowSec();
      expect(now - before).toBeCloseTo(0.9, 6);
      before = now;
    }
    wall.advance(20_000);
    expect(clock.nowSec()).toBeCloseTo(wall.nowSec(), 6);
  });

  test('a wall clock set back by an hour leaves window and duplicates right', () => {
    const wall = new FakeClock(START);
    const clock = steadyClock(wall);
    const chain = new DemoChain({ seed: 1, startTimeSec: START, rate: 1 });
    const pipeline = new PricePipeline({ windowSec: HOUR });
    const run = (forSec: number): void => {
      for (let sec = 0; sec < forSec; sec++) {
        wall.advance(1000);
        const timeSec = clock.nowSec();
        while (chain.nextTimeSec <= START + wall.monotonicMs() / 1000) {
          for (const frame of chain.step()) pipeline.acceptFrame({ ...frame, timeSec });
        }
      }
    };
    run(1.5 * HOUR);
    pipeline.estimate(clock.nowSec());
    const active = pipeline.stats().activeInWindow;
    wall.jump(-HOUR);
    run(HOUR);
    pipeline.estimate(clock.nowSec());
    // An hour that lasts a tenth longer holds a tenth more; standing still it would hold twice.
    expect(pipeline.stats().activeInWindow).toBeLessThan(1.3 * active);
    expect(pipeline.stats().received).toBeLessThan(1.1 * 2.5 * HOUR);
  });
});
