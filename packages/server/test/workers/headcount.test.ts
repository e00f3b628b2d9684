import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CountReport } from '../../src/workers/count-report.ts';
import { Headcount, Others } from '../../src/workers/headcount.ts';
import { FakeClock } from '../hub-fakes.ts';

const worker = fc.constantFrom(1, 2, 3);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      worker,
      key: fc.constantFrom('a', 'b', 'c'),
      count: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tell' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), worker }) },
);

test('in any order of reports, tidings and replacements each worker ends up knowing the others', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const headcount = new Headcount();
      const own = new Map<number, Map<string, number>>();
      const known = new Map<number, Others>();
      const begin = (number: number): void => {
        headcount.add(number);
        own.set(number, new Map());
        known.set(number, new Others());
      };
      const tell = (number: number): void => {
        const { connections, changed } = headcount.takeOthersOf(number);
        known.get(number)!.take(connections, changed);
      };
      const sumOf = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
      const sizeOf = (number: number): number => sumOf(own.get(number)!.values());
      for (const number of [1, 2, 3]) begin(number);
      for (const each of steps) {
        if (each.do === 'tell') tell(each.worker);
        else if (each.do === 'replace') {
          headcount.remove(each.worker);
          begin(each.worker);
        } else {
          own.get(each.worker)!.set(each.key, each.count);
          headcount.report(each.worker, sizeOf(each.worker), [[each.key, each.count]]);
        }
      }
      for (const [number, others] of known) {
        tell(number);
        const elsewhere = [...own].filter(([each]) => each !== number);
        expect(others.connections).toBe(sumOf(elsewhere.map(([each]) => sizeOf(each))));
        for (const key of ['a', 'b', 'c']) {
          expect(others.countOf(key)).toBe(
            sumOf(elsewhere.map(([, counts]) => counts.get(key) ?? 0)),
          );
        }
        expect(headcount.takeOthersOf(number).changed).toEqual([]);
      }
      expect(headcount.connections).toBe(sumOf([...own.keys()].map(sizeOf)));
    }),
    { numRuns: 300 },
  );
});

test('a report of a worker that is no more changes nothing', () => {
  const headcount = new Headcount();
  headcount.report(7, 3, [['a', 3]]);
  expect(headcount.connections).toBe(0);
  expect(headcount.takeOthersOf(7)).toEqual({ connections: 0, changed: [] });
});

test('changes are reported at once, then together each 50 ms, with the counts of that moment', () => {
  const clock = new FakeClock();
  const counts = new Map([['a', 1]]);
  const reports: unknown[] = [];
  const report = new CountReport({
    clock,
    countOf: (key) => counts.get(key) ?? 0,
    onReport: () => reports.push(report.take()),
  });
  report.changed('a');
  expect(reports).toEqual([[['a', 1]]]);
  counts.set('a', 2).set('b', 1);
  report.changed('a');
  report.changed('b');
  clock.advance(49);
  counts.set('b', 0);
  report.changed('b');
  expect(reports).toHaveLength(1);
  clock.advance(1);
  expect(reports[1]).toEqual([
    ['a', 2],
    ['b', 0],
  ]);
  clock.advance(500);
  expect(reports).toHaveLength(2);
  report.changed('b');
  expect(reports).toHaveLength(3);
});
