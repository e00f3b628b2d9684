/**
 * SDK clients behind fault proxies before a real server, for ten minutes in real time: networks cut,
 * stall, delay, trickle and refuse, and the server is restarted now and then. A history checker
 * holds what each was given against what was published; any violation fails the bench.
 *
 * FAULT_MINUTES and FAULT_SEED change the run.
 */
import os from 'node:os';
import process from 'node:process';
import { checkHistory } from '../test/faults/history-checker.ts';
import { type RealFigures, runRealWorld } from '../test/faults/real-world.ts';
import { quantile, show } from './fan-out-harness.ts';

const { FAULT_MINUTES, FAULT_SEED } = process.env;
const MINUTES = Number(FAULT_MINUTES ?? 10);
const SEED = Number(FAULT_SEED ?? 1);
const DURATION_MS = MINUTES * 60_000;
const RESTART_EACH_MS = 100_000;
/** Who was told to come back at a time is let to: no restart in the end. */
const LAST_RESTART_MS = DURATION_MS - 30_000;
const CONVERGED_MS_MAX = 2_000;

function print({ faults, ...figures }: RealFigures): void {
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  console.log(`faults                  ${kinds.join(', ')}`);
  console.log(`sockets opened          ${show(figures.sockets)}`);
  console.log(`questions over HTTP     ${show(figures.questions)}`);
  const { websocket, polling } = figures.updates;
  console.log(
    `updates                 ${show(websocket)} by WebSocket, ${show(polling)} by polling`,
  );
  console.log(`dropped as known        ${show(figures.dropped)}`);
  console.log(`gaps announced          ${show(figures.gaps)}, of ${show(figures.missed)} in all`);
  console.log(`windows replaced        ${show(figures.windows)}`);
  console.log(
    `last value after faults ${show(figures.convergedMs)} ms (maps: after their interval)`,
  );
  const shares = [0.5, 0.95, 1].map((share) => show(quantile(figures.backMs, share)));
  console.log(`fault's end to an update by WebSocket, p50 p95 max: ${shares.join(', ')} ms`);
}

const restartsMs: number[] = [];
for (let ms = RESTART_EACH_MS; ms < LAST_RESTART_MS; ms += RESTART_EACH_MS) restartsMs.push(ms);
console.log(`${MINUTES} minutes, seed ${SEED}, ${os.cpus().length} x ${os.cpus()[0]!.model}`);
const { history, figures } = await runRealWorld({
  seed: SEED,
  durationMs: DURATION_MS,
  faultMsMax: 60_000,
  calmMsMax: 30_000,
  restartsMs,
});
print(figures);
const violations = checkHistory(history);
for (const { kind, to, channel, words } of violations) {
  console.log(`${kind}: ${to}, ${channel}: ${words}`);
}
console.log(`${violations.length} violations; bar: none, the newest within ${CONVERGED_MS_MAX} ms`);
if (violations.length > 0) process.exitCode = 1;
