/** Installs the Debian packages that tests use, where that is possible, and says so. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fail } from './setup.mjs';

/** What tests use beyond Node: the path of a program or font and the Debian package with it. */
const PROGRAMS = [
  { path: '/usr/bin/chromium', debianPackage: 'chromium' },
  { path: '/usr/bin/promtool', debianPackage: 'prometheus' },
  {
    path: '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf',
    debianPackage: 'fonts-liberation',
  },
];

/**
 * Makes the programs available. On Debian as root they are installed; elsewhere the exact command
 * is named and the tests that need them skip with a notice, except under CI=true, where a missing
 * program is a failure.
 */
export function ensurePrograms() {
  const missing = PROGRAMS.filter(({ path }) => !existsSync(path)).map((p) => p.debianPackage);
  if (missing.length === 0) return;
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`tidegauge: the tests need ${missing.join(', ')}: running ${command}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2], env });
    withoutServices(() => {
      const args = ['install', '-y', '-qq', ...missing];
      spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
    });
  }
  const absent = PROGRAMS.filter(({ path }) => !existsSync(path));
  if (absent.length === 0) return;
  const message = `missing for the tests: ${absent.map((p) => p.debianPackage).join(', ')}. Install: sudo ${command}`;
  if (process.env.CI === 'true') fail(message);
  console.error(`tidegauge: ${message} (the tests that need it are skipped)`);
}

/**
 * A package that brings a server would start it: the tests want its tools. Debian asks this file
 * before it starts anything; 101 says no.
 */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
