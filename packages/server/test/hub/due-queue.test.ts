import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueQueue } from '../../src/hub/due-queue.ts';

test('gives each item once, as soon as it is due and never earlier', () => {
  const queue = new DueQueue<string>(100);
  queue.put('a', 1099);
  queue.put('b', 1100);
  queue.put('c', 5000);
  expect(queue.take(1098)).toEqual([]);
  expect(queue.take(1099)).toEqual(['a']);
  expect(queue.take(1099)).toEqual([]);
  expect(queue.take(1100)).toEqual(['b']);
  expect(queue.take(999_999)).toEqual(['c']);
  expect(queue.take(Number.POSITIVE_INFINITY)).toEqual([]);
});

test('an item can be moved, both ways, and taken back', () => {
  const queue = new DueQueue<string>(100);
  for (const item of ['a', 'b', 'c']) queue.put(item, 1000);
  queue.put('a', 3000);
  queue.put('b', 500);
  queue.delete('c');
  queue.delete('unknown');
  expect(queue.take(500)).toEqual(['b']);
  expect(queue.take(2999)).toEqual([]);
  expect(queue.take(3000)).toEqual(['a']);
});

test('any order of calls: what a list of items with their times would give', () => {
  const item = fc.nat({ max: 9 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('put' as const), item, afterMs: fc.nat({ max: 1000 }) }),
    fc.record({ do: fc.constant('delete' as const), item }),
    fc.record({ do: fc.constant('take' as const), afterMs: fc.nat({ max: 400 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new DueQueue<number>(100);
      const model = new Map<number, number>();
      let nowMs = 12_345.678;
      for (const next of steps) {
        if (next.do === 'put') {
          queue.put(next.item, nowMs + next.afterMs);
          model.set(next.item, nowMs + next.afterMs);
        } else if (next.do === 'delete') {
          queue.delete(next.item);
          model.delete(next.item);
        } else {
          nowMs += next.afterMs;
          const due = [...model].filter(([, dueMs]) => dueMs <= nowMs).map(([each]) => each);
          for (const each of due) model.delete(each);
          expect(new Set(queue.take(nowMs))).toEqual(new Set(due));
        }
      }
      expect(new Set(queue.take(Number.POSITIVE_INFINITY))).toEqual(new Set(model.keys()));
    }),
  );
});
