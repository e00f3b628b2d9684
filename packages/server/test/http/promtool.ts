import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const PROMTOOL = '/usr/bin/promtool';

/**
 * Whether Prometheus' own check can run. Without it the test is skipped with a notice; under
 * CI=true its absence is a failure.
 */
export function hasPromtool(): boolean {
  if (existsSync(PROMTOOL)) return true;
  const message = `${PROMTOOL} is missing (on Debian: sudo apt-get install -y prometheus)`;
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`the check of the metrics by promtool is skipped: ${message}`);
  return false;
}

/** What Prometheus says against metrics: bad format, names that break its rules. */
export function metricComplaints(text: string): string {
  const { status, stdout, stderr } = promtool(['check', 'metrics'], text);
  return status === 0 ? stderr : `exit ${status}: ${stdout}${stderr}`;
}

/** What Prometheus says against a file of rules. */
export function ruleComplaints(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-rules-'));
  try {
    const file = path.join(folder, 'rules.yml');
    writeFileSync(file, text);
    const { status, stdout, stderr } = promtool(['check', 'rules', file]);
    return status === 0 ? '' : `exit ${status}: ${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function promtool(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(PROMTOOL, args, { input, encoding: 'utf8' });
}
