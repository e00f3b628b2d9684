/** Plain JavaScript on the oldest and the newest Node, against a real server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { importScript, type Project, projectWithClient, readmeBlocks } from './installed-client.ts';

const WITHIN_MS = 60_000;
const README_ADDRESS = 'ws://localhost:8000';

/** What the README shows of a price, a heatmap and a loop is a program as it stands. */
const PROGRAM = [...readmeBlocks('js').slice(0, 3), 'await maps.ready;\ntide.close();\n'].join('');

const NODES = [
  ['this Node', process.execPath],
  ['Node 20', await node20()],
] as const;

let project: Project;
let server: RealServer;

beforeAll(async () => {
  [project, server] = await Promise.all([projectWithClient(), startServer()]);
});
afterAll(async () => {
  await server?.end('SIGKILL');
  project?.remove();
});

describe.each(NODES)('%s', (_name, nodePath) => {
  it.skipIf(nodePath === null)(
    'prints a price and a heatmap, and ends by itself once closed',
    { timeout: WITHIN_MS },
    async () => {
      const code = PROGRAM.replaceAll(README_ADDRESS, server.url.replace('http', 'ws'));
      const file = project.write('prices.mjs', code);
      const { exitCode, printed, complained } = await runProgram(nodePath!, file);
      expect(complained).toBe('');
      expect(printed).toMatch(/^\d+(\.\d+)? \d+(\.\d+)? \d+(\.\d+)? live DEMO$/m);
      expect(printed).toMatch(/^SOLUSDT \d+(\.\d+)? \d+ \d+$/m);
      expect(exitCode).toBe(0);
    },
  );
});

async function runProgram(
  nodePath: string,
  file: string,
): Promise<{ exitCode: unknown; printed: string; complained: string }> {
  const child = spawn(nodePath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const [[exitCode], printed, complained] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, printed, complained };
}

/** Without one its tests are skipped with a notice; under CI=true its absence is a failure. */
async function node20(): Promise<string | null> {
  const { findNode20 } = (await importScript('node-20.mjs')) as {
    readonly findNode20: () => string | null;
  };
  const found = findNode20();
  if (found !== null) return found;
  const message = 'Node 20 is missing (npm test installs it)';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`tests of the client on Node 20 are skipped: ${message}`);
  return null;
}
