/**
 * The table of the fan-out: one server process, many clients from a process of their own, and
 * beside them the floor (floor.c), which writes the same bytes from C. Every row prints what it
 * found, its bar, and whether that was met. CPU is user and system time of the server's process.
 *
 * `npm run bench -- fan-out` runs all rows, `npm run bench -- fan-out write-5000 slow` some.
 * How the clients measure: docs/guides/load-testing.md.
 */
import os from 'node:os';
import process from 'node:process';
import { compressedRow, fourRow, writeRow } from './fan-out/cost-rows.ts';
import {
  fullRow,
  handshakeRow,
  idleRow,
  latencyRow,
  reconnectRow,
  slowRow,
} from './fan-out/crowd-rows.ts';
import { demoRow } from './fan-out/demo-row.ts';
import { stopAll } from './fan-out/processes.ts';
import type { Finding, Row } from './fan-out/row.ts';

const ROWS: readonly Row[] = [
  demoRow(100),
  writeRow(1_000),
  writeRow(5_000),
  fourRow(1_000),
  fourRow(5_000),
  compressedRow(4_000),
  latencyRow(1_000),
  latencyRow(10_000),
  fullRow(19_900),
  idleRow(),
  handshakeRow(10_000),
  slowRow(),
  reconnectRow(10_000),
];

async function measure(rows: readonly Row[]): Promise<void> {
  console.log(`${os.cpus().length} x ${os.cpus()[0]!.model}, Node ${process.versions.node}`);
  for (const row of rows) {
    const startedMs = performance.now();
    console.log(`\n${row.name}: ${row.about}`);
    try {
      for (const finding of await row.run()) print(finding);
    } finally {
      stopAll();
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

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  const names = ROWS.map(({ name }) => name).join(', ');
  console.error(`no row named ${unknown.join(', ')}; there are: ${names}`);
  process.exitCode = 2;
} else {
  await measure(ROWS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
}
process.exit();
