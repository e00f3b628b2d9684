/** The client as strangers get it: built, packed, and installed into an empty project. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
const CLIENT_DIR = path.join(ROOT, 'packages', 'client');
const NPM_QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

export interface Project {
  readonly directory: string;
  /** The installed package. */
  readonly clientDir: string;
  write(name: string, text: string): string;
  remove(): void;
}

/** Makes an empty project and installs the packed client into it, without any network. */
export async function projectWithClient(): Promise<Project> {
  await buildClientIfNeeded();
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-project-'));
  const write = (name: string, text: string): string => {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write('package.json', '{"name":"a-project","version":"1.0.0","private":true,"type":"module"}\n');
  const pack = ['pack', path.join(CLIENT_DIR, 'dist'), '--pack-destination', directory, '--json'];
  const [packed] = JSON.parse(npm(directory, pack)) as [{ readonly filename: string }];
  npm(directory, ['install', '--offline', `./${packed.filename}`]);
  return {
    directory,
    clientDir: path.join(directory, 'node_modules', '@tidegauge', 'client'),
    write,
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function npm(directory: string, args: readonly string[]): string {
  const options = {
    cwd: directory,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  } as const;
  return execFileSync('npm', [...args, ...NPM_QUIET], options);
}

/** Lends a package of this repository to a project, which finds what that imports over here. */
export function lend(project: Project, name: string): void {
  const link = path.join(project.directory, 'node_modules', name);
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules', name), link, 'junction');
}

/** The blocks of code in the client's README, by their language. */
export function readmeBlocks(language: string): string[] {
  const text = readFileSync(path.join(CLIENT_DIR, 'README.md'), 'utf8');
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(fence)].map((match) => match[1]!);
}

async function buildClientIfNeeded(): Promise<void> {
  const { buildClient } = (await importScript('build-client.mjs')) as {
    readonly buildClient: (nodePath: string) => Promise<void>;
  };
  await buildClient(process.execPath);
}

/** A module of `scripts/`, which is plain JavaScript without types. */
export function importScript(name: string): Promise<unknown> {
  return import(pathToFileURL(path.join(ROOT, 'scripts', name)).href);
}
