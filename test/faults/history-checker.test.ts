import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Given, History, Published } from './history.ts';
import { checkHistory, type ViolationKind } from './history-checker.ts';

const CHANNELS = ['price', 'transactions', 'BTCUSDT'];
const RUNS = { numRuns: 300 };

/** Epochs with so many publications each, and which of them a subscription was given. */
interface Made {
  readonly epochs: readonly number[];
  readonly gives: readonly { readonly channel: string; readonly skips: readonly boolean[] }[];
}

const made: fc.Arbitrary<Made> = fc.record({
  epochs: fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1, maxLength: 3 }),
  gives: fc.array(
    fc.record({
      channel: fc.constantFrom(...CHANNELS),
      skips: fc.array(fc.boolean(), { minLength: 36, maxLength: 36 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** A history in which all is well. */
function historyOf({ epochs, gives }: Made): History {
  const published = CHANNELS.flatMap((channel) =>
    epochs.flatMap((count, run) =>
      Array.from({ length: count }, (_, index): Published => {
        const [epoch, seq] = [`e${run}`, index + 1];
        return { channel, epoch, seq, digest: `${channel} ${epoch} ${seq}`, atMs: run * 100 + seq };
      }),
    ),
  ).toSorted((a, b) => a.atMs - b.atMs);
  const given = gives.flatMap(({ channel, skips }, index) => {
    const all = published.filter((each) => each.channel === channel);
    const taken = all.filter((_, at) => !skips[at] || at === all.length - 1);
    return taken.map((each, at) => givenOf(each, taken[at - 1] ?? null, `client ${index}`));
  });
  const wanted = gives.map(({ channel }, index) => {
    return { to: `client ${index}`, channel, untilMs: Number.POSITIVE_INFINITY };
  });
  return { published, given: given.toSorted((a, b) => a.atMs - b.atMs), wanted };
}

function givenOf(
  { channel, epoch, seq, digest, atMs }: Published,
  before: Published | null,
  to: string,
): Given {
  const follows = before !== null && before.epoch === epoch;
  const missed = follows ? seq - before.seq - 1 : null;
  const whole = missed !== 0;
  const [added, joined] = whole ? [digest, 'else'] : ['some', digest];
  const window = channel === 'transactions' ? { whole, added, joined } : null;
  return { to, channel, epoch, seq, missed, via: 'websocket', digest, window, atMs };
}

test('a history in which all is well has no violations', () => {
  fc.assert(
    fc.property(made, (each) => {
      expect(checkHistory(historyOf(each))).toEqual([]);
    }),
    RUNS,
  );
});

/** Does one thing wrong; null where the history has no place for it. */
type Plant = (history: History, pick: (count: number) => number) => History | null;

function changed(history: History, index: number, changes: Partial<Given>): History | null {
  const update = history.given[index];
  if (update === undefined) return null;
  return { ...history, given: history.given.with(index, { ...update, ...changes }) };
}

/** Changes one of the updates that fit. */
function oneOf(
  fits: (update: Given, before: Given | null) => boolean,
  change: (update: Given) => Partial<Given>,
): Plant {
  return (history, pick) => {
    const places = history.given.flatMap((update, index) => {
      return fits(update, beforeOf(history, index)) ? [index] : [];
    });
    const index = places[pick(places.length)];
    return index === undefined ? null : changed(history, index, change(history.given[index]!));
  };
}

/** The update of the same subscription before. */
function beforeOf({ given }: History, index: number): Given | null {
  const { to } = given[index]!;
  return given.slice(0, index).findLast((each) => each.to === to) ?? null;
}

const follows = (update: Given, before: Given | null): boolean =>
  before !== null && before.epoch === update.epoch;

const PLANTS: readonly (readonly [ViolationKind, Plant])[] = [
  [
    'given twice',
    ({ given, ...rest }, pick) => {
      const index = pick(given.length);
      return { ...rest, given: given.toSpliced(index + 1, 0, given[index]!) };
    },
  ],
  [
    'out of order',
    (history, pick) => {
      const { given } = history;
      const places = given.flatMap((update, index) => {
        return follows(update, beforeOf(history, index)) ? [index] : [];
      });
      const index = places[pick(places.length)];
      if (index === undefined) return null;
      const beforeAt = given.indexOf(beforeOf(history, index)!);
      const swapped = given.with(index, given[beforeAt]!).with(beforeAt, given[index]!);
      return { ...history, given: swapped };
    },
  ],
  [
    'back to an epoch that was over',
    (history, pick) => {
      const { given } = history;
      const places = given.flatMap((update, index) => {
        const before = beforeOf(history, index);
        return before !== null && before.epoch !== update.epoch ? [index] : [];
      });
      const index = places[pick(places.length)];
      if (index === undefined) return null;
      const old = beforeOf(history, index)!;
      // One of the epoch before, of a position that was not given then.
      const late = { ...old, seq: old.seq + 0.5 };
      return { ...history, given: given.toSpliced(index + 1, 0, late) };
    },
  ],
  [
    'no epoch',
    oneOf(
      () => true,
      () => ({ epoch: null }),
    ),
  ],
  [
    'never published',
    oneOf(
      (each) => each.seq > 1,
      ({ seq }) => ({ seq: seq + 1000 }),
    ),
  ],
  [
    'another value',
    oneOf(
      () => true,
      () => ({ digest: 'wrong' }),
    ),
  ],
  [
    'a gap that is not announced',
    oneOf(
      (update, before) => follows(update, before) && (update.missed ?? 0) > 0,
      () => ({ missed: 0 }),
    ),
  ],
  [
    'a gap that is not announced',
    oneOf(
      (update, before) => follows(update, before) && (update.missed ?? 0) > 0,
      () => ({ missed: null }),
    ),
  ],
  ['missed is wrong', oneOf(follows, ({ missed }) => ({ missed: missed! + 1 }))],
  [
    'missed is wrong',
    oneOf(
      (_, before) => before === null,
      () => ({ missed: 0 }),
    ),
  ],
  [
    'missed is wrong',
    oneOf(
      (update, before) => before !== null && before.epoch !== update.epoch,
      () => ({ missed: 0 }),
    ),
  ],
  [
    'added is wrong',
    oneOf(
      ({ window }) => window !== null,
      () => ({ window: { whole: false, added: 'some', joined: 'wrong' } }),
    ),
  ],
  [
    'added is wrong',
    oneOf(
      ({ window }) => window !== null,
      () => ({ window: { whole: true, added: 'wrong', joined: 'else' } }),
    ),
  ],
  [
    'not converged',
    ({ given, ...rest }) => {
      const { to } = given.at(-1)!;
      return { ...rest, given: given.filter((each) => each.to !== to) };
    },
  ],
  [
    'not converged',
    ({ wanted, ...rest }) => ({ ...rest, wanted: wanted.map((each) => ({ ...each, untilMs: 0 })) }),
  ],
];

describe('is found:', () => {
  test.each(PLANTS)('%s', (kind, plant) => {
    let planted = 0;
    fc.assert(
      fc.property(made, fc.nat(), (each, number) => {
        const wrong = plant(historyOf(each), (count) => number % Math.max(1, count));
        if (wrong === null) return;
        planted++;
        expect(checkHistory(wrong).map((violation) => violation.kind)).toContain(kind);
      }),
      RUNS,
    );
    expect(planted).toBeGreaterThan(RUNS.numRuns / 20);
  });
});

test('says who, what and when', () => {
  const history = historyOf({ epochs: [3], gives: [{ channel: 'price', skips: [false, true] }] });
  const wrong = changed(history, 1, { missed: 0 })!;
  expect(checkHistory(wrong)).toEqual([
    {
      kind: 'a gap that is not announced',
      to: 'client 0',
      channel: 'price',
      words: 'e0 3 after e0 1 says missed 0, not 1',
      atMs: 3,
    },
  ]);
});

test('a channel of which nothing was published wants nothing', () => {
  const wanted = [{ to: 'client', channel: 'confirmed', untilMs: 0 }];
  expect(checkHistory({ published: [], given: [], wanted })).toEqual([]);
});
