import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../fan-out-harness.ts';
import type { LoadFigures, Publishing, ServerFigures } from './orders.ts';
import type { Crowd, Target } from './processes.ts';

/** One thing that a row found. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  /** What was to be reached, and whether it was; null for a figure without a bar. */
  readonly bar: { readonly text: string; readonly met: boolean } | null;
}

/** One row of the table: a scene that is set up, measured and judged. */
export interface Row {
  readonly name: string;
  readonly about: string;
  run(): Promise<readonly Finding[]>;
}

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

/** A ratio with the most it may be. */
export function ratioFinding(what: string, ratio: number, most: number): Finding {
  const bar = { text: `≤ ${most} x`, met: ratio <= most };
  return { what, measured: `${ratio.toFixed(3)} x`, bar };
}

/** A count that has to be 0. */
export function noneFinding(what: string, count: number): Finding {
  return { what, measured: String(count), bar: { text: 'none', met: count === 0 } };
}

export function plainFinding(what: string, measured: string): Finding {
  return { what, measured, bar: null };
}

/** A value with the most it may be. */
export function mostFinding(what: string, value: number, most: number, unit: string): Finding {
  const digits = Math.abs(value) < 10 ? 2 : 0;
  const measured = `${value.toFixed(digits)} ${unit}`;
  return { what, measured, bar: { text: `≤ ${most} ${unit}`, met: value <= most } };
}

export function microseconds(value: number): string {
  return `${value.toFixed(2)} us`;
}
