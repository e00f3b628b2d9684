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
  test('goes by the message that came fastest', () => {
    const clock = new ServerClock();
    clock.observe(1000, 900_000);
    clock.observe(1000.4, 900_500);
    clock.observe(1001.2, 901_000);
    expect(clock.nowSec(902_000)).toBeCloseTo(1002.2, 6);
    clock.observe(1001.4, 901_500);
    expect(clock.nowSec(902_000)).toBeCloseTo(1002.2, 2);
  });

  test('a clock that was set, on either side, is gone along with', () => {
    const clock = new ServerClock();
    clock.observe(1000, 900_000);
    clock.observe(5000, 900_500);
    expect(clock.nowSec(901_500)).toBeCloseTo(5001, 6);
    clock.observe(1001, 901_000);
    expect(clock.nowSec(902_000)).toBeCloseTo(1002, 6);
  });

  test('follows a device whose clock runs fast', () => {
    const clock = new ServerClock();
    for (let sec = 0; sec <= 86_400; sec += 1) clock.observe(sec, sec * 1000 * 1.0002);
    expect(clock.nowSec(86_400 * 1000 * 1.0002)).toBeCloseTo(86_400, 1);
  });
});
