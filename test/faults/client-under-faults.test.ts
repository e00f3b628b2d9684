/**
 * SDK clients against the real hub in memory, while networks cut, stall, delay and refuse and
 * servers come and go, minutes of it in a moment.
 *
 * FAULT_SEED=7 FAULT_MINUTES=10 runs that run alone.
 */
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from './fault.ts';
import { FaultWorld } from './fault-world.ts';
import type { History } from './history.ts';
import { checkHistory } from './history-checker.ts';

const { FAULT_SEED, FAULT_MINUTES } = process.env;
const MINUTES = Number(FAULT_MINUTES ?? 10);
const SEEDS = [1, 2, 3, 4];
const NOTES_SHOWN = 40;
const WRONGS_SHOWN = 10;
const TIMEOUT_MS = 300_000;

/** What was brought about, how often. */
const counts = new Map<string, number>();

function count(what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times);
}

async function run(seed: number): Promise<void> {
  const world = new FaultWorld(seed, MINUTES * 60_000);
  const history = await world.run();
  const report = reportOf(seed, world, history);
  if (report !== null) throw new Error(report);
  await world.close();
  expect(world.clock.timers).toBe(0);
  countAll(world, history);
}

if (FAULT_SEED !== undefined) test('the one seed', { timeout: TIMEOUT_MS }, () => run(+FAULT_SEED));
else {
  describe(`${MINUTES} minutes of faults`, () => {
    test.each(SEEDS)('seed %i', { timeout: TIMEOUT_MS }, run);

    test.each([
      ...FAULT_KINDS,
      'another server',
      'polling',
      'a gap',
      'a window replaced',
      'a window gone on with',
    ])('brought about: %s', (what) => {
      expect(counts.get(what) ?? 0).toBeGreaterThan(0);
    });
  });
}

/** A run that never meets these has shown less than it seems to. */
function countAll({ clients, servers }: FaultWorld, { given }: History): void {
  for (const { network } of clients) for (const [kind, times] of network.counts) count(kind, times);
  count('another server', servers - 1);
  for (const { via, missed, window } of given) {
    if (via === 'polling') count('polling');
    if (missed !== null && missed > 0) count('a gap');
    if (window === null || missed === null) continue;
    count(window.whole ? 'a window replaced' : 'a window gone on with');
  }
}

/** Null when nothing was wrong. */
function reportOf(seed: number, { wrongs, notes }: FaultWorld, history: History): string | null {
  const violations = checkHistory(history).map(({ kind, to, channel, words, atMs }) => {
    return { atMs, about: to.split('.')[0]!, words: `${kind}: ${to}, ${channel}: ${words}` };
  });
  const all = [...violations, ...wrongs].toSorted((a, b) => a.atMs - b.atMs);
  if (all.length === 0) return null;
  const { atMs: firstMs, about } = all[0]!;
  const before = notes
    .filter((note) => note.atMs <= firstMs && (note.about === about || note.about === 'server'))
    .slice(-NOTES_SHOWN);
  const line = ({ atMs, words }: { readonly atMs: number; readonly words: string }): string =>
    `  ${(atMs / 1000).toFixed(3)} ${words}`;
  return [
    `seed ${seed}: ${all.length} times wrong`,
    ...all.slice(0, WRONGS_SHOWN).map(line),
    `of ${about} and the server before:`,
    ...before.map(line),
    `Again: FAULT_SEED=${seed} FAULT_MINUTES=${MINUTES} npm test -- faults/client-under`,
  ].join('\n');
}
