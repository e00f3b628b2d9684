import { describe, expect, test } from 'vitest';
import { risingTime } from '../src/clock.ts';
import { ServerClock } from '../src/model/server-clock.ts';

describe('risingTime', () => {
  test('follows the clock ahead, and goes on evenly where it was set back', () => {
    let [wall, even] = [1_000_000, 50];
    const nowMs = risingTime(
      () => wall,
      () => even,
    );
    const pass = (ms: number): void => {
      wall += ms;
      even += ms;
    };
    pass(400);
    expect(nowMs()).toBe(1_000_400);
    wall += 8 * 3_600_000;
    expect(nowMs()).toBe(29_800_400);
    wall -= 3_600_000;
    expect(nowMs()).toBe(29_800_400);
    pass(700);
    expect(nowMs()).toBe(29_801_100);
  });
});

describe('ServerClock', () => {
  test('is this device’s until a price came, then goes by how old that is', () => {
    const clock = new ServerClock();
    expect(clock.nowSec(900_000)).toBe(900);
    const update = { asOfMs: 1_000_000, ageMs: 250 };
    clock.observe(update);
    expect(clock.nowSec(900_000)).toBe(1_000.25);
    update.ageMs += 500;
    expect(clock.nowSec(900_500)).toBe(1_000.75);
    clock.observe({ asOfMs: 400_000, ageMs: 601_000 });
    expect(clock.nowSec(901_000)).toBe(1_001);
  });
});
