import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

const SCRIPTS = new URL('../scripts/', import.meta.url);

/** What a function of a script returns, called in a process of its own. */
function call(script: string, name: string, ...args: unknown[]): unknown {
  const code =
    `import { ${name} } from '${new URL(script, SCRIPTS).href}';` +
    `console.log(JSON.stringify(${name}(...${JSON.stringify(args)})));`;
  const run = ['--input-type=module', '--eval', code];
  return JSON.parse(execFileSync(process.execPath, run, { encoding: 'utf8' }));
}

test('the page counts as changed when a file of its sources was deleted', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tidegauge-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const inner = path.join(folder, 'src');
  mkdirSync(inner);
  for (const name of ['kept.ts', 'deleted.ts']) {
    writeFileSync(path.join(inner, name), '');
    utimesSync(path.join(inner, name), 1000, 1000);
  }
  for (const each of [inner, folder]) utimesSync(each, 1000, 1000);
  expect(call('build-page.mjs', 'newestChangeMs', folder)).toBe(1_000_000);
  rmSync(path.join(inner, 'deleted.ts'));
  expect(call('build-page.mjs', 'newestChangeMs', folder)).toBeGreaterThan(1_000_000);
});

test('a filter that no test file matches is named, and coverage is not blamed for it', () => {
  const problem = (filters: string[], tests: number | null): unknown =>
    call('run-problem.mjs', 'runProblem', { filters, tests });
  expect(problem(['prise', 'zqm'], 0)).toBe(
    "no test file matches 'prise' or 'zqm': a filter is a part of a test file's path",
  );
  for (const other of [
    problem([], 0),
    problem([], 900),
    problem(['price'], 9),
    problem(['a'], null),
  ]) {
    expect(other).toContain('coverage');
  }
});
