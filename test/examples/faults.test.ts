/** Every example that runs in a terminal, side by side: a line goes silent, a server restarts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { type Example, findExamples, type Shown } from './examples.ts';
import { Gate } from './gate.ts';
import { RunningProgram } from './running-program.ts';

/** Waits of up to 16 s after a third try that failed, and a loaded machine. */
const TIMEOUT_MS = 90_000;
const SETTINGS = { DRAIN_SECONDS: '1' };

interface Run {
  readonly example: Example;
  readonly program: RunningProgram;
  /** Lines there were when the present part of the test began. */
  from: number;
}

const examples = await findExamples();
const runs = new Map<string, Run>();
let server: RealServer;
let gate: Gate;

beforeAll(async () => {
  server = await startServer(0, SETTINGS);
  gate = await Gate.open(server.port);
  for (const example of examples) {
    runs.set(example.name, { example, program: new RunningProgram(example, gate.url), from: 0 });
  }
});

afterAll(async () => {
  await Promise.all(Array.from(runs.values(), ({ program }) => program.end()));
  await gate.close();
  await server.end('SIGKILL');
});

/** What is waited for from now on is to be written from now on. */
function begin(): void {
  for (const run of runs.values()) run.from = run.program.lines.length;
}

async function writes(name: string, form: (shown: Shown) => RegExp): Promise<string[]> {
  const { example, program, from } = runs.get(name)!;
  return Promise.all(example.shows.map((shown) => program.line(form(shown), from)));
}

/** What is live, after what was said of its end. */
async function writesAfter(name: string, said: readonly string[]): Promise<void> {
  const { example, program } = runs.get(name)!;
  const after = said.map((line) => program.lines.lastIndexOf(line));
  await Promise.all(example.shows.map(({ live }, index) => program.line(live, after[index])));
}

/** None of what it shows is called live after it was called stale. */
function expectNothingLive(name: string): void {
  const { example, program, from } = runs.get(name)!;
  const lines = program.lines.slice(from);
  for (const { live, stale } of example.shows) {
    const since = lines.slice(lines.findIndex((line) => stale.test(line)));
    expect(since.filter((line) => live.test(line))).toEqual([]);
  }
}

const names = examples.map(({ name }) => name);

describe('while all is well', { timeout: TIMEOUT_MS }, () => {
  test.each(names)('%s shows what is live', async (name) => {
    await writes(name, ({ live }) => live);
  });
});

describe('when the line goes silent', { timeout: TIMEOUT_MS }, () => {
  beforeAll(() => {
    begin();
    gate.shut();
  });

  test.each(names)('%s says so', async (name) => {
    await writes(name, ({ stale }) => stale);
    expectNothingLive(name);
  });
});

describe('when it is back', { timeout: TIMEOUT_MS }, () => {
  beforeAll(() => {
    begin();
    gate.reopen();
  });

  test.each(names)('%s is live again', async (name) => {
    await writes(name, ({ live }) => live);
  });
});

describe('when the server makes way for another', { timeout: TIMEOUT_MS }, () => {
  beforeAll(async () => {
    const next = await startServer(0, SETTINGS);
    begin();
    gate.port = next.port;
    await server.end('SIGTERM');
    server = next;
  });

  test.each(names)('%s says so, and is live again', async (name) => {
    const said = await writes(name, ({ stale }) => stale);
    await writesAfter(name, said);
  });
});
