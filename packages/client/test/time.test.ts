/** The two clocks: this device's, which may jump, and the server's, which is only heard of. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reconnectDelayMs } from '../src/backoff.ts';
import { risingTime } from '../src/clock.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

describe('time on this device', () => {
  function clock() {
    const at = { wallMs: 1_000_000, monotonicMs: 50 };
    const nowMs = risingTime(
      () => at.wallMs,
      () => at.monotonicMs,
    );
    nowMs();
    return { at, nowMs };
  }

  test('is that of the wall', () => {
    const { at, nowMs } = clock();
    expect(nowMs()).toBe(1_000_000);
    at.wallMs += 700;
    at.monotonicMs += 700;
    expect(nowMs()).toBe(1_000_700);
  });

  test('goes on evenly when the wall clock is set back', () => {
    const { at, nowMs } = clock();
    at.wallMs -= 3_600_000;
    at.monotonicMs += 500;
    expect(nowMs()).toBe(1_000_500);
  });

  test('goes ahead by the time that the device slept', () => {
    const { at, nowMs } = clock();
    at.wallMs += 3_600_000;
    at.monotonicMs += 5;
    expect(nowMs()).toBe(4_600_000);
  });

  test('never goes back, whatever the wall does', () => {
    const step = fc.record({ wall: fc.integer({ min: -1e7, max: 1e7 }), even: fc.nat(1e6) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { at, nowMs } = clock();
        let last = nowMs();
        for (const { wall, even } of steps) {
          at.wallMs += wall;
          at.monotonicMs += even;
          const now = nowMs();
          expect(now - last).toBeGreaterThanOrEqual(even);
          expect(now).toBeGreaterThanOrEqual(at.wallMs);
          last = now;
        }
      }),
    );
  });
});

test('waits stay within their limits for any count and draw', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, random) => {
        const delayMs = reconnectDelayMs(failures, random);
        const mostMs = failures > 5 ? 75_000 : 2 ** (failures + 1) * 1_000;
        expect(delayMs).toBeGreaterThanOrEqual(failures > 5 ? 45_000 : 250);
        expect(delayMs).toBeLessThanOrEqual(mostMs);
      },
    ),
  );
});

describe('the server’s time', () => {
  test('is told by hello, where no price comes', async () => {
    const rig = new Rig();
    rig.server.aheadMs = -7_200_000;
    rig.server.isStuck = true;
    const blocks = rig.tide.confirmed();
    await settle();
    rig.sockets.all[0]!.open();
    rig.sockets.all[0]!.receive(rig.server.hello());
    rig.sockets.all[0]!.receive(rig.server.confirmed(900_000));
    await rig.pass(3_000);
    expect(blocks.latest!.ageMs).toBeCloseTo(3_000, -1);
  });

  test('is told by a pong, where nothing else tells it', async () => {
    const rig = new Rig();
    rig.server.greetsAsked = false;
    rig.server.aheadMs = 7_200_000;
    const maps = rig.tide.heatmap(['A']);
    await settle();
    rig.server.map('A');
    await rig.pass(3_000);
    expect(maps.latest!.ageMs).toBeCloseTo(3_000, -1);
  });

  test('is told by an answer over HTTP', async () => {
    const rig = new Rig();
    rig.server.refusal = refusal(503, 'WEBSOCKETS_OFF', { retryAfter: '300' });
    rig.server.aheadMs = 7_200_000;
    rig.server.confirmed(900_000);
    const blocks = rig.tide.confirmed();
    await rig.pass(3_000);
    expect(blocks.latest!.ageMs).toBeCloseTo(3_000, -1);
  });

  test('is followed with the next pong when the server’s clock is set', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    for (const aheadMs of [3_600_000, 0, -3_600_000]) {
      rig.server.aheadMs = aheadMs;
      await rig.passWithPrices(32_000);
      await rig.pass(200);
      expect(price.latest!.ageMs).toBeGreaterThan(180);
      expect(price.latest!.ageMs).toBeLessThanOrEqual(201);
    }
  });

  test('is followed when this device’s clock drifts, by 50 parts in a million', async () => {
    const rig = new Rig();
    const price = rig.tide.price();
    await settle();
    for (let n = 0; n < 2_000; n += 1) {
      rig.server.aheadMs -= 0.025;
      await rig.pass(500);
      rig.server.price();
    }
    expect(price.latest!.ageMs).toBeLessThan(10);
  });
});

describe('a server', () => {
  test.each([-5_000, 5_000])('whose clock is off by %d ms is noticed', async (aheadMs) => {
    const rig = new Rig();
    rig.server.aheadMs = aheadMs;
    const price = rig.tide.price();
    await settle();
    rig.server.price();
    await rig.pass(1_000);
    expect(price.latest!.ageMs).toBeCloseTo(1_000, -1);
  });

  test('is believed anew with each connection', async () => {
    const rig = new Rig();
    rig.server.aheadMs = 5_000;
    const price = rig.tide.price();
    await settle();
    rig.server.aheadMs = 0;
    rig.server.connection().cut();
    await rig.untilRetry();
    rig.server.price();
    await rig.pass(1_000);
    expect(price.latest!.ageMs).toBeCloseTo(1_000, -1);
  });
});
