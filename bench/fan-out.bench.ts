/**
 * The table of the fan-out: one server process, many clients from a process of their own, and
 * beside them the floor (floor.c), which writes the same bytes from C. Every row prints what it
 * found, its bar, and whether that was met. CPU is user and system time of the server's process.
 *
 * `npm run bench -- fan-out` runs all rows, `npm run bench -- fan-out write-5000 slow` some.
 * How the clients measure: docs/guides/load-testing.md.
 */
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
import { type Row, runTable } from './table.ts';

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

await runTable(ROWS, stopAll);
process.exit();
