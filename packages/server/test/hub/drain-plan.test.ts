import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drainPlan } from '../../src/hub/drain-plan.ts';

const chance = fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true }));

test('closes are spread over the drain, and so are returns over the time after it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(60_000), chance, (count, ms, values) => {
      const { spreadMs, clients } = drainPlan(count, ms, () => values.next().value);
      expect(spreadMs).toBeLessThanOrEqual(ms);
      const returns = clients.map(({ closeMs, hintMs }) => closeMs + hintMs);
      const returnsMs = Math.max(5_000, spreadMs);
      for (const { closeMs, hintMs } of clients) {
        expect(closeMs).toBeGreaterThanOrEqual(0);
        expect(closeMs).toBeLessThanOrEqual(spreadMs);
        expect(hintMs).toBeGreaterThanOrEqual(0);
      }
      // Each has its own part of the time: none comes back at the moment of another.
      const parts = returns.map((atMs) =>
        Math.floor(((atMs - spreadMs) / returnsMs) * count + 1e-6),
      );
      expect(parts.toSorted((a, b) => a - b)).toEqual(clients.map((_, index) => index));
    }),
  );
});

test('ten thousand clients take the whole drain, a few only a moment', () => {
  expect(drainPlan(10_000, 10_000, Math.random).spreadMs).toBe(10_000);
  expect(drainPlan(3, 10_000, Math.random).spreadMs).toBe(60);
});

test('who is closed first does not come back first', () => {
  let value = 0;
  const { clients } = drainPlan(1_000, 10_000, () => (value = (value + 0.618_034) % 1));
  const returns = clients.map(({ closeMs, hintMs }) => closeMs + hintMs);
  const inOrder = returns.filter((atMs, index) => index > 0 && atMs > returns[index - 1]!).length;
  expect(inOrder).toBeGreaterThan(300);
  expect(inOrder).toBeLessThan(700);
});
