import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Project, projectWithClient, ROOT } from './installed-client.ts';

let project: Project;

beforeAll(async () => {
  project = await projectWithClient();
});
afterAll(() => project?.remove());

function read(name: string): string {
  return readFileSync(path.join(project.clientDir, name), 'utf8');
}

it('holds these files and no others', () => {
  expect(readdirSync(project.clientDir).toSorted(byName)).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'api.d.ts',
    'connect.d.ts',
    'errors.d.ts',
    'index.d.ts',
    'index.js',
    'node.js',
    'package.json',
    'tidegauge.min.js',
    'tidegauge.min.js.map',
  ]);
});

it('brings no other package along', () => {
  expect(readdirSync(path.join(project.directory, 'node_modules', '@tidegauge'))).toEqual([
    'client',
  ]);
  const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
  const workspace = JSON.parse(
    readFileSync(path.join(ROOT, 'packages', 'client', 'package.json'), 'utf8'),
  ) as Record<string, unknown>;
  expect(manifest).toMatchObject({ name: '@tidegauge/client', version: workspace.version });
  for (const absent of ['private', 'dependencies', 'peerDependencies', 'scripts']) {
    expect(manifest).not.toHaveProperty(absent);
  }
});

it('imports nothing but its own files, and in Node what Node has', () => {
  const names = readdirSync(project.clientDir).filter((name) => /\.[jt]s$/.test(name));
  for (const name of names) {
    const allowed =
      name === 'node.js' ? /^(\.\/index\.js|node:\w+)$/ : /^\.\/(api|connect|errors)\.js$/;
    const targets = imported(read(name));
    expect(
      targets.filter((target) => !allowed.test(target)),
      name,
    ).toEqual([]);
    if (name === 'index.js' || name === 'tidegauge.min.js') expect(targets).toEqual([]);
  }
});

/** As code points stand, wherever the test runs. */
function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function imported(code: string): string[] {
  const targets = code.matchAll(/\bfrom\s*["']([^"']+)|\bimport\s*\(?\s*["'`]([^"'`]+)/g);
  return [...targets].map((match) => match[1] ?? match[2]!);
}

it('says nothing of the machine it was made on', () => {
  const names = readdirSync(project.clientDir);
  for (const name of names) expect(read(name), name).not.toContain(ROOT);
  const { sources } = JSON.parse(read('tidegauge.min.js.map')) as { readonly sources: string[] };
  expect(sources).toContain('packages/client/src/client.ts');
  for (const source of sources)
    expect(source).toMatch(/^packages\/(client|protocol)\/src\/[\w-]+\.ts$/);
});

it('links to nothing that is not in it', () => {
  const targets = [...read('README.md').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
  expect(targets.filter((target) => !target.startsWith('https://'))).toEqual(['CHANGELOG.md']);
});

it('is one and the same for Node and for browsers, but for the socket', async () => {
  const load = (name: string): Promise<Record<string, unknown>> =>
    import(pathToFileURL(path.join(project.clientDir, name)).href);
  const [node, index, min] = await Promise.all(
    ['node.js', 'index.js', 'tidegauge.min.js'].map(load),
  );
  expect(Object.keys(node!)).toEqual(['TidegaugeError', 'connect']);
  expect(Object.keys(index!)).toEqual(Object.keys(node!));
  expect(Object.keys(min!)).toEqual(Object.keys(node!));
  expect(node!.TidegaugeError).toBe(index!.TidegaugeError);
});
