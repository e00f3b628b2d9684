import { Random } from '../../packages/server/src/sources/demo/random.ts';
import { DIRECTIONS, FAULT_KINDS, type Fault, type FaultKind } from './fault.ts';

export interface ScheduledFault {
  /** From the start of the run. */
  readonly atMs: number;
  readonly fault: Fault;
}

export interface SchedulePlan {
  /** The last fault is over by then, and ends at this very moment when it lasts. */
  readonly durationMs: number;
  /** No fault lasts longer. */
  readonly faultMsMax: number;
  /** No pause between two faults is longer. Most are much shorter. */
  readonly calmMsMax: number;
}

/**
 * Faults one after another, some of them while the one before still lasts; the same seed gives the
 * same ones.
 */
export function faultSchedule(seed: number, plan: SchedulePlan): readonly ScheduledFault[] {
  const random = new Random(seed);
  const { durationMs, faultMsMax, calmMsMax } = plan;
  const schedule: ScheduledFault[] = [];
  let atMs = spread(random, calmMsMax);
  while (atMs < durationMs) {
    const kind = FAULT_KINDS[random.below(FAULT_KINDS.length)]!;
    const lastsMs = Math.min(spread(random, faultMsMax), durationMs - atMs);
    schedule.push({ atMs, fault: faultOf(kind, lastsMs, random) });
    const waitedMs = random.chance(0.8) ? lastsMs : random.below(lastsMs + 1);
    atMs += waitedMs + spread(random, calmMsMax);
  }
  return schedule;
}

/** Mostly short, seldom up to the most: evenly over its orders of magnitude from 50 ms on. */
function spread(random: Random, mostMs: number): number {
  return Math.round(50 * (mostMs / 50) ** random.unit());
}

function faultOf(kind: FaultKind, durationMs: number, random: Random): Fault {
  switch (kind) {
    case 'cut':
      return { kind, how: random.chance(0.5) ? 'fin' : 'rst' };
    case 'cut-within':
      return { kind, bytes: random.below(600), durationMs };
    case 'half-close':
      return { kind, direction: DIRECTIONS[random.below(2)]! };
    case 'stall': {
      const directions = [DIRECTIONS, ['up'], ['down']][random.below(3)] as typeof DIRECTIONS;
      return { kind, directions, durationMs, end: random.chance(0.5) ? 'go on' : 'cut' };
    }
    case 'delay': {
      const latencyMs = spread(random, 3_000);
      return { kind, latencyMs, jitterMs: random.below(latencyMs), durationMs };
    }
    case 'trickle':
      return { kind, bytes: 1 + random.below(400), everyMs: 10 + random.below(190), durationMs };
    case 'refuse':
      return { kind, durationMs };
  }
}
