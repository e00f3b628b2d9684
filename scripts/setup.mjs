/**
 * Makes a fresh clone ready to run: installs the packages when the lockfile changed and finds
 * a Node that runs TypeScript directly. Plain JavaScript without imports from packages, because
 * it runs before any of them exists and on whatever Node the machine came with.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const NODE_MAJOR_MIN = 24;
const NODE_MAJOR_HOST_MIN = 20;
const LOCK_POLL_MS = 200;
const STAMP = path.join(root, 'node_modules', '.tidegauge-installed');
const windows = process.platform === 'win32';

/** Ends with a message for the person at the terminal, without a stack. */
export function fail(message) {
  console.error(`tidegauge: ${message}`);
  process.exit(1);
}

function lockDigest() {
  const hash = createHash('sha256');
  hash.update(readFileSync(path.join(root, 'package-lock.json')));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Keeps two terminals from installing into each other: one does, the others wait for it. A lock
 * whose owner is gone is taken over.
 */
function withInstallLock(work) {
  const lock = path.join(root, '.cache', 'install.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let waiting = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`${lock} could not be written: ${error.message}`);
    }
    const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (owner > 0 && !isRunning(owner)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!waiting) console.error('tidegauge: waiting for another install in this folder');
    waiting = true;
    Atomics.wait(pause, 0, 0, LOCK_POLL_MS);
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isInstalled(digest) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest;
}

function installPackages() {
  const digest = lockDigest();
  if (isInstalled(digest)) return;
  withInstallLock(() => {
    if (isInstalled(digest)) return;
    console.error('tidegauge: installing packages (npm ci), once');
    const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: windows,
    });
    if (result.error) throw new Error(`npm could not be started: ${result.error.message}`);
    if (result.status !== 0) {
      throw new Error('npm ci failed (its messages are above). With network access, try again');
    }
    mkdirSync(path.dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, digest);
  });
}

function majorOf(nodePath) {
  const result = spawnSync(nodePath, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? Number(/^v(\d+)/.exec(result.stdout)?.[1] ?? 0) : 0;
}

/** Path of a Node new enough to run TypeScript directly: the host's own, else the pinned package. */
function findNode() {
  const hostMajor = Number(process.versions.node.split('.')[0]);
  if (hostMajor >= NODE_MAJOR_MIN) return process.execPath;
  const pinned = path.join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  if (!existsSync(pinned) || majorOf(pinned) < NODE_MAJOR_MIN) {
    fail(
      `Node ${NODE_MAJOR_MIN} or newer is needed, this is ${process.version}, and the pinned copy was not ` +
        'installed (install scripts may be switched off here). Either install Node ' +
        `${NODE_MAJOR_MIN} from nodejs.org, or run: npm rebuild node --ignore-scripts=false`,
    );
  }
  return pinned;
}

/** Installs what is missing and returns the path of the Node to use. */
export function ensureReady() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_HOST_MIN) {
    fail(`Node ${NODE_MAJOR_HOST_MIN} or newer is needed to set up, this is ${process.version}`);
  }
  try {
    installPackages();
  } catch (error) {
    fail(error.message);
  }
  return findNode();
}

/** Environment in which `node` and the packages' commands are the project's own. */
export function toolEnv(nodePath) {
  const bins = [path.dirname(nodePath), path.join(root, 'node_modules', '.bin')];
  return { ...process.env, PATH: [...bins, process.env.PATH ?? ''].join(path.delimiter) };
}

/**
 * Runs a command in the foreground and resolves to its exit code. Signals are passed on, so the
 * child always ends in its own way; a Ctrl-C that reaches it twice (through the terminal and
 * through here) is one keystroke to the server, which takes signals this close together as one.
 */
export function run(command, args, options = {}) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const passOn = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, passOn);
    child.on('error', (error) => fail(`${command} could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}

/** Path of a file inside an installed package. */
export function packageFile(name, file) {
  return path.join(root, 'node_modules', name, file);
}
