import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../fan-out-harness.ts';
import type { LoadFigures, Publishing, ServerFigures } from './orders.ts';
import type { Crowd, Target } from './processes.ts';

/** What is on its way when publishing ends has arrived after this. */
const SETTLE_MS = 400;

export interface Turn {
  readonly load: LoadFigures;
  readonly before: ServerFigures;
  readonly after: ServerFigures;
  /** User and system time of the server for each message that was read. */
  readonly cpuUs: number;
}

/** Lets a server publish for a while; everything it sent has arrived when this resolves. */
export async function takeTurn(
  target: Target,
  crowd: Crowd,
  what: Publishing,
  durationMs: number,
): Promise<Turn> {
  await crowd.mark();
  const before = await target.figures();
  await target.publish(what);
  await delay(durationMs);
  await target.silence();
  await delay(SETTLE_MS);
  const after = await target.figures();
  const load = await crowd.figures();
  if (load.messages === 0) throw new Error(`${target.name}: nothing arrived`);
  return { load, before, after, cpuUs: (after.cpuUs - before.cpuUs) / load.messages };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The median of what each of them is to the one at its side: both drift together with the machine. */
export function pairedRatio(measured: readonly number[], references: readonly number[]): number {
  return median(measured.map((value, index) => value / (references[index] ?? Number.NaN)));
}

export function microseconds(value: number): string {
  return `${value.toFixed(2)} us`;
}
