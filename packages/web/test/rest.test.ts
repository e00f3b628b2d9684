import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../src/rest/backoff.ts';
import { HealthPoll } from '../src/rest/health-poll.ts';
import type { Health } from '../src/wire/health.ts';
import { FakeClock } from './fake-clock.ts';

describe('wait before a question is asked again', () => {
  it('is spread over all from nearly nothing to twice the step', () => {
    expect(retryDelayMs(1, 0)).toBe(250);
    expect(retryDelayMs(1, 0.999_999)).toBe(4_000);
    expect(retryDelayMs(5, 0.25)).toBe(16_000);
  });

  it('stays within its limits for any count and draw', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const delayMs = retryDelayMs(failures, random);
        expect(delayMs).toBeGreaterThanOrEqual(250);
        expect(delayMs).toBeLessThanOrEqual(64_000);
      }),
    );
  });
});

describe('health poll', () => {
  function poll(fetchHealth: () => Promise<unknown>) {
    const clock = new FakeClock();
    const seen: Health[] = [];
    const health = new HealthPoll({ clock, fetchHealth, onHealth: (body) => seen.push(body) });
    return { clock, seen, health };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('asks at once, then every 5 s, and stops when not wanted', async () => {
    let asked = 0;
    const { clock, seen, health } = poll(() => {
      asked += 1;
      return Promise.resolve({ status: 'ok' });
    });
    health.setWanted(true);
    health.setWanted(true);
    await settle();
    expect([asked, seen.length]).toEqual([1, 1]);
    clock.pass(5_000);
    await settle();
    expect([asked, seen.length]).toEqual([2, 2]);
    health.setWanted(false);
    clock.pass(60_000);
    await settle();
    expect(asked).toBe(2);
    expect(clock.pending).toBe(0);
  });

  it('tells when was asked for what came', async () => {
    const clock = new FakeClock();
    const asked: number[] = [];
    const fetchHealth = (): Promise<unknown> => {
      clock.pass(700);
      return Promise.resolve({ status: 'ok' });
    };
    const onHealth = (_health: Health, askedMs: number): void => void asked.push(askedMs);
    const beganMs = clock.nowMs();
    new HealthPoll({ clock, fetchHealth, onHealth }).setWanted(true);
    await settle();
    expect(asked).toEqual([beganMs]);
  });

  it('asks one question at a time', async () => {
    let asked = 0;
    const { health } = poll(() => {
      asked += 1;
      return Promise.resolve({ status: 'ok' });
    });
    health.setWanted(true);
    health.setWanted(false);
    health.setWanted(true);
    await settle();
    expect(asked).toBe(1);
  });

  it('goes on after a failure and after a body that is no health', async () => {
    const answers = [Promise.reject(new Error('gone')), Promise.resolve('nonsense')];
    const { clock, seen, health } = poll(
      () => answers.shift() ?? Promise.resolve({ status: 'degraded' }),
    );
    health.setWanted(true);
    for (let i = 0; i < 3; i += 1) {
      await settle();
      clock.pass(5_000);
    }
    await settle();
    expect(health.failures).toBe(2);
    expect(seen.length).toBeGreaterThan(0);
  });
});
