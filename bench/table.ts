/** What a bench prints: rows of findings, each with its bar where it has one. */
import os from 'node:os';
import process from 'node:process';

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

/**
 * Measures the rows that the command line names, or all of them, one after another. A bar that is
 * missed makes the process end with 1, a row that is not there with 2.
 *
 * @param cleanUp called after each row, whether it failed or not
 */
export async function runTable(
  rows: readonly Row[],
  cleanUp: () => void | Promise<void>,
): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) {
    const names = rows.map(({ name }) => name).join(', ');
    console.error(`no row named ${unknown.join(', ')}; there are: ${names}`);
    process.exitCode = 2;
    return;
  }
  console.log(`${os.cpus().length} x ${os.cpus()[0]!.model}, Node ${process.versions.node}`);
  for (const row of rows) {
    if (wanted.length > 0 && !wanted.includes(row.name)) continue;
    const startedMs = performance.now();
    console.log(`\n${row.name}: ${row.about}`);
    try {
      for (const finding of await row.run()) print(finding);
    } finally {
      await cleanUp();
    }
    console.log(`  (${((performance.now() - startedMs) / 1000).toFixed(0)} s)`);
  }
}

function print({ what, measured, bar }: Finding): void {
  if (bar === null) {
    console.log(`  ${what}: ${measured}`);
    return;
  }
  if (!bar.met) process.exitCode = 1;
  console.log(`  ${what}: ${measured} (bar: ${bar.text}) ${bar.met ? 'met' : 'MISSED'}`);
}
