import { DRAIN_JITTER_MS, DRAIN_STEP_MS } from './limits.ts';

/** When one client of a drain is closed, from the drain's start, and its hint, from then on. */
export interface DrainedClient {
  readonly closeMs: number;
  readonly hintMs: number;
}

export interface DrainPlan {
  /** How long closing takes. */
  readonly spreadMs: number;
  readonly clients: readonly DrainedClient[];
}

/**
 * Closes clients one after another, and lets them come back one after another: each has a part of
 * the time after the drain to itself, and within it a moment by chance, so that no two are told the
 * same one. Who is closed first does not come back first.
 * @param durationMs at most this long; a few clients take less
 * @param random uniform in [0, 1)
 */
export function drainPlan(count: number, durationMs: number, random: () => number): DrainPlan {
  const spreadMs = Math.min(durationMs, count * DRAIN_STEP_MS);
  const returnsMs = Math.max(DRAIN_JITTER_MS, spreadMs);
  const places = shuffled(count, random);
  const clients = places.map((place, index) => {
    const closeMs = (index / count) * spreadMs;
    const returnMs = spreadMs + ((place + random()) / count) * returnsMs;
    return { closeMs, hintMs: returnMs - closeMs };
  });
  return { spreadMs, clients };
}

/** 0 to count - 1 in any order (Fisher and Yates). */
function shuffled(count: number, random: () => number): number[] {
  const places = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [places[last], places[other]] = [places[other]!, places[last]!];
  }
  return places;
}
