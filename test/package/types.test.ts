/** TypeScript projects that use the installed client: what must compile, and what must not. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lend, type Project, projectWithClient, ROOT, readmeBlocks } from './installed-client.ts';

const COMPILERS = [
  ['TypeScript 7', path.join(ROOT, 'node_modules')],
  ['TypeScript 6', path.join(ROOT, 'scripts', 'reference', 'node_modules')],
] as const;

/** What a project may have set. Each is strict, and looks into the declarations themselves too. */
const PROJECTS = [
  ['of Node', { module: 'nodenext', lib: ['es2022'], types: ['node'] }],
  [
    'of a page',
    { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'], types: [] },
  ],
  [
    'of both, and exact',
    {
      module: 'nodenext',
      lib: ['es2022', 'dom'],
      types: ['node'],
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
    },
  ],
] as const;

/** The package `ws` brings the types of Node with it. */
const WITH_WS = `
import { connect } from '@tidegauge/client';
import { WebSocket } from 'ws';
connect('ws://localhost:8000', { WebSocket }).close();
`;

let project: Project;

beforeAll(async () => {
  project = await projectWithClient();
  lend(project, '@types/node');
  lend(project, '@types/ws');
  const consumer = readFileSync(new URL('consumer.ts.txt', import.meta.url), 'utf8');
  project.write('src/consumer.ts', consumer);
  project.write('src/readme.ts', readmeAsModule());
  project.write('with-ws/with-ws.ts', WITH_WS);
});
afterAll(() => project?.remove());

/** The README's blocks of code, each in a scope of its own; what they leave open is declared. */
function readmeAsModule(): string {
  const [price, ...others] = readmeBlocks('js');
  const open =
    'declare function show(...shown: unknown[]): void;\n' +
    'declare function fetchToken(): Promise<string>;\n';
  return [price, open, ...others.map((block) => `{\n${block}}\n`), 'export {};\n'].join('\n');
}

describe.each(COMPILERS)('%s', (_name, modules) => {
  it.each(PROJECTS)('takes a project %s', (_kind, options) => {
    const compilerOptions = { ...options, target: 'es2022', strict: true, noEmit: true };
    const include = ['src', ...(options.types.length > 0 ? ['with-ws'] : [])];
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, include }));
    expect(compile(path.join(modules, 'typescript', 'bin', 'tsc'))).toBe('');
  });
});

/** @returns what the compiler finds wrong; empty for nothing */
function compile(compiler: string): string {
  try {
    const options = { cwd: project.directory, encoding: 'utf8' } as const;
    return execFileSync(process.execPath, [compiler, '-p', '.'], options);
  } catch (error) {
    return String((error as { readonly stdout?: string }).stdout);
  }
}
