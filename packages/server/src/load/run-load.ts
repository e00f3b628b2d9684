import type { Clock } from '../clock.ts';
import type { LoadPlan } from './load-plan.ts';
import type { LoadRun } from './load-run.ts';

/** A storm that began before the end is waited for so long beyond it. */
const STORM_BEYOND_MS = 30_000;

/** How long the parts of a run took, and what came while messages were counted. */
export interface LoadPhases {
  /** From the first handshake until the last client was connected or had failed. */
  readonly connectMs: number;
  /** From then until the clients began to leave. */
  readonly steadyMs: number;
  readonly steadyMessages: number;
  readonly steadyWireBytes: number;
  /** Connected when the clients began to leave. */
  readonly openAtEnd: number;
}

/** Runs a plan from the first handshake until the last client has left, or until it is stopped. */
export async function runLoad(run: LoadRun, plan: LoadPlan, clock: Clock): Promise<LoadPhases> {
  const { tally } = run;
  const startedMs = clock.monotonicMs();
  await run.connectAll();
  const steadyFromMs = clock.monotonicMs();
  // Those that came first were told the time while others still connected.
  tally.latency.reset();
  const before = { messages: tally.messages, wireBytes: tally.wireBytes };
  await untilOver(run, plan, clock, steadyFromMs + plan.durationMs);
  const phases = {
    connectMs: steadyFromMs - startedMs,
    steadyMs: clock.monotonicMs() - steadyFromMs,
    steadyMessages: tally.messages - before.messages,
    steadyWireBytes: tally.wireBytes - before.wireBytes,
    openAtEnd: run.open,
  };
  await run.leave();
  return phases;
}

/** Waits for the end, with the storms that come before it. */
async function untilOver(
  run: LoadRun,
  { stormEveryMs }: LoadPlan,
  clock: Clock,
  endMs: number,
): Promise<void> {
  const leftMs = (): number => Math.max(0, endMs - clock.monotonicMs());
  while (stormEveryMs > 0 && leftMs() > stormEveryMs && !run.stopped) {
    await run.wait(stormEveryMs);
    if (run.stopped) return;
    const cancel = clock.after(leftMs() + STORM_BEYOND_MS, () => run.stop());
    await run.storm();
    cancel();
  }
  await run.wait(leftMs());
}
