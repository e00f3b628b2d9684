/**
 * The hub on a clock, streams and chance of its own: the real handshakes, sessions, send queue,
 * endpoints, frames and compression, and clients that join, stall, come back, talk nonsense and
 * vanish at any moment. Every byte is checked when it is written, and the end of it all.
 *
 * SIM_SEED=7 SIM_STEPS=50000 runs that run alone.
 */
import process from 'node:process';
import { queryObjects } from 'node:v8';
import { CHANNELS } from '@tidegauge/protocol';
import { describe, expect, test } from 'vitest';
import { Bundle } from '../../packages/server/src/hub/bundle.ts';
import { HeatmapDialogue } from '../../packages/server/src/hub/heatmap-dialogue.ts';
import { BUNDLES_KEPT_MAX, RESUME_DELTAS_MAX } from '../../packages/server/src/hub/limits.ts';
import { MempoolDialogue } from '../../packages/server/src/hub/mempool-dialogue.ts';
import { Outbox } from '../../packages/server/src/hub/outbox.ts';
import { Session } from '../../packages/server/src/hub/session.ts';
import { WebSocketPort } from '../../packages/server/src/hub/web-socket.ts';
import { SYMBOLS } from './sim-server.ts';
import { Simulation } from './simulation.ts';

const { SIM_SEED, SIM_STEPS } = process.env;
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
const STEPS = 50_000;
const TIMEOUT_MS = 300_000;

/** Short runs, for what need not be looked at a million times. */
const SHORT_STEPS = 4_000;

if (SIM_SEED !== undefined) {
  test('the one seed', () => run(Number(SIM_SEED), Number(SIM_STEPS ?? STEPS)), TIMEOUT_MS);
} else {
  describe('a million steps', () => {
    const counts = new Map<string, number>();

    test.each(SEEDS)('seed %i', { timeout: TIMEOUT_MS }, async (seed) => {
      for (const [what, count] of (await run(seed, Number(SIM_STEPS ?? STEPS))).counts) {
        counts.set(what, (counts.get(what) ?? 0) + count);
      }
    });

    test.each(happenings())('brought about: %s', (what) => {
      expect(counts.get(what) ?? 0).toBeGreaterThan(0);
    });

    test('messages that may refer to the last are far shorter than those that may not', () => {
      const share = (form: string): number =>
        counts.get(`bytes ${form}`)! / counts.get(`chars ${form}`)!;
      expect(share('window')).toBeLessThan(share('alone') / 2);
    });
  });

  test('the same seed does the same, byte for byte', async () => {
    const [first, again, other] = [
      await run(5, SHORT_STEPS),
      await run(5, SHORT_STEPS),
      await run(6, SHORT_STEPS),
    ];
    expect(again.sum).toBe(first.sum);
    expect(other.sum).not.toBe(first.sum);
  });

  test('nothing is kept of clients that have left', async () => {
    const simulation = new Simulation(7, SHORT_STEPS);
    await simulation.run();
    for (const kind of [Session, WebSocketPort, MempoolDialogue, HeatmapDialogue, Outbox]) {
      expect(queryObjects(kind, { format: 'count' }), kind.name).toBe(0);
    }
    const newestMax = CHANNELS.length + SYMBOLS.length;
    const bundlesMax = 2 * BUNDLES_KEPT_MAX + RESUME_DELTAS_MAX + newestMax;
    expect(queryObjects(Bundle, { format: 'count' })).toBeLessThanOrEqual(bundlesMax);
    expect(simulation.isOver).toBe(true);
  });
}

/** A run that never meets these has shown less than it seems to. */
function happenings(): readonly string[] {
  const closes = [1002, 1007, 1009, 1012, 4008, 4009, 4029, 4500, 4501];
  const warnings = ['SLOW_CONSUMER', 'CONNECTION_UNSTABLE', 'SOURCE_STALE'];
  return [
    ...closes.map((code) => `close ${code}`),
    ...warnings.map((code) => `warning ${code}`),
    ...['right', 'old', 'foreign', 'wrong'].map((kind) => `resume ${kind}`),
    'error RATE_LIMITED',
    'gap healed',
    'points delta',
    'slice',
    'bytes plain',
  ];
}

function run(seed: number, steps: number): ReturnType<Simulation['run']> {
  return new Simulation(seed, steps).run();
}
