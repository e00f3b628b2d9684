/** Python and Go, with what the examples need; null, and a notice, where there is none. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const EXAMPLES_DIR: string = path.join(ROOT, 'examples');
const CACHE = path.join(ROOT, '.cache', 'examples');
const INSTALL_TIMEOUT_MS = 180_000;

const run = promisify(execFile);

export interface Runtime {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A Python with the library `websockets`: the one that the example names, else the system's. */
export async function findPython(): Promise<Runtime | null> {
  const requirements = path.join(EXAMPLES_DIR, 'python', 'requirements.txt');
  const [wanted] = readFileSync(requirements, 'utf8').trim().split('\n');
  const libraries = path.join(CACHE, wanted!.replace('==', '-'));
  const python = { command: 'python3', env: { PYTHONPATH: libraries } };
  try {
    await run('python3', ['--version']);
    if (existsSync(libraries)) return python;
    await inPlace(libraries, (made) => run('python3', pipInstall(requirements, made), INSTALLING));
    return python;
  } catch (error) {
    if (await hasWebsockets()) return { command: 'python3', env: {} };
    console.warn(`the example in Python is skipped: ${lastWords(error)}`);
    return null;
  }
}

/** The example in Go, built. One that does not compile is an error. */
export async function findGo(): Promise<Runtime | null> {
  const options = { ...INSTALLING, cwd: path.join(EXAMPLES_DIR, 'go') };
  try {
    assertNewGo((await run('go', ['env', 'GOVERSION'], options)).stdout);
    await run('go', ['mod', 'download'], options);
  } catch (error) {
    console.warn(`the example in Go is skipped: ${lastWords(error)}`);
    return null;
  }
  const command = path.join(CACHE, 'watch-go');
  await inPlace(command, (made) => run('go', ['build', '-o', made, '.'], options));
  return { command, env: {} };
}

/** Go before 1.21 does not mind that a module asks for a newer one. */
function assertNewGo(version: string): void {
  const module = readFileSync(path.join(EXAMPLES_DIR, 'go', 'go.mod'), 'utf8');
  const minor = /^go 1\.(\d+)/m.exec(module)![1]!;
  const there = /^go1\.(\d+)/.exec(version)?.[1] ?? '0';
  if (Number(there) < Number(minor)) throw new Error(`Go 1.${minor} is needed, not ${version}`);
}

const INSTALLING = { timeout: INSTALL_TIMEOUT_MS };

function pipInstall(requirements: string, directory: string): string[] {
  return ['-m', 'pip', 'install', '--quiet', '--target', directory, '-r', requirements];
}

/** Whoever looks finds a whole one, or none, also while several make it. */
async function inPlace(target: string, make: (made: string) => Promise<unknown>): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(path.join(CACHE, 'work-'));
  try {
    const made = path.join(work, 'made');
    await make(made);
    renameSync(made, target);
  } catch (error) {
    // Another one was first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function hasWebsockets(): Promise<boolean> {
  try {
    await run('python3', ['-c', 'import websockets']);
    return true;
  } catch {
    return false;
  }
}

/** Of a program that failed the end of what it said, which is where the reason stands. */
function lastWords(error: unknown): string {
  const { message, stderr = '' } = error as { readonly message: string; readonly stderr?: string };
  return stderr.trim().split('\n').at(-1) || message.split('\n')[0]!;
}
