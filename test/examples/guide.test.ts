/** docs/guides/write-a-client.md: what stands there is run, or stands in a file that is. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { KEY, lockedServer } from './locked-server.ts';
import { RunningProgram } from './running-program.ts';
import { EXAMPLES_DIR, ROOT } from './runtimes.ts';

const TIMEOUT_MS = 60_000;
const ADDRESS = 'ws://localhost:8000';
const GUIDE = readFileSync(path.join(ROOT, 'docs', 'guides', 'write-a-client.md'), 'utf8');
const [, WITH_SDK, WITHOUT_SDK] = GUIDE.split(/^## (?:With|Without) the SDK$/m) as [
  string,
  string,
  string,
];

/** Blocks of code in the language; empty for those that name none. */
function blocks(text: string, language: string): string[] {
  const all = Array.from(text.matchAll(/^```(\w*)\n(.*?)^```$/gms));
  return all.flatMap(([, name, code]) => (name === language ? [code!] : []));
}

function example(...parts: string[]): string {
  return readFileSync(path.join(EXAMPLES_DIR, ...parts), 'utf8');
}

function withoutIndent(code: string): string {
  return code.replaceAll(/^\s+/gm, '');
}

async function start(): Promise<RealServer> {
  const server = await startServer();
  onTestFinished(() => server.end('SIGKILL'));
  return server;
}

/** Runs a module from within the repository, where it finds the client. */
function runModule(code: string, serverUrl: string): RunningProgram {
  const cache = path.join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(path.join(cache, 'guide-'));
  const file = path.join(directory, 'guide.mjs');
  writeFileSync(file, code.replaceAll(ADDRESS, serverUrl));
  const command = process.execPath;
  const program = new RunningProgram({ name: 'the guide', command, args: () => [file] }, '');
  onTestFinished(async () => {
    await program.end();
    rmSync(directory, { recursive: true });
  });
  return program;
}

test('the SDK: one program, to its end', { timeout: TIMEOUT_MS }, async () => {
  const { url } = await start();
  const program = runModule(blocks(WITH_SDK, 'js').join('\n'), url);
  expect(await program.ended).toBe(0);
  const [sample] = blocks(WITH_SDK, '');
  const shapeOf = (line: string): string => line.replaceAll(/\d+(\.\d+)?/g, '0');
  expect(program.lines.map(shapeOf)).toContain(shapeOf(sample!.trim()));
  for (const form of [
    /^\d+ points$/,
    /^180 sizes of amounts$/,
    /^(BTC|ETH)USDT: longs of \$\d+ within 2 %, \d+ gaps in what is known$/,
    /^acting on \$[\d.]+$/,
    /^line closed/,
  ]) {
    expect(program.lines).toContainEqual(expect.stringMatching(form));
  }
});

test('the pages stand in the examples', () => {
  const pages = ['twenty-lines.html', 'index.html'];
  expect(blocks(WITHOUT_SDK, 'html')).toEqual(pages.map((name) => example('bare-websocket', name)));
});

test.each([
  ['python', example('python', 'watch.py'), 1],
  ['go', example('go', 'main.go'), 1],
])('what is shown in %s stands in the example', (language, file, count) => {
  const shown = blocks(WITHOUT_SDK, language);
  expect(shown).toHaveLength(count);
  for (const code of shown) expect(withoutIndent(file)).toContain(withoutIndent(code));
});

test('what is shown for Node stands in the example; the rest lets a key in', async () => {
  const shown = blocks(WITHOUT_SDK, 'js');
  const withKey = shown.pop();
  expect(shown).toHaveLength(4);
  const file = withoutIndent(example('bare-websocket', 'heatmap.mjs'));
  for (const code of shown) expect(file).toContain(withoutIndent(code));
  const code = `const key = '${KEY}';
${withKey}socket.onopen = () => console.log('open');
socket.onmessage = ({ data }) => console.log(JSON.parse(data).type);`;
  const program = runModule(code, await lockedServer());
  await program.line(/^open$/);
  await program.line(/^hello$/);
});

test('what is shown of HTTP has the fields that come', async () => {
  const [shown] = blocks(WITHOUT_SDK, '');
  const [command, answer] = shown!.trim().split('\n');
  const { url } = await start();
  const address = /localhost:8000\/(.*)$/.exec(command!)?.[1];
  const body = (await (await fetch(`${url}${address}`)).json()) as object;
  expect(Object.keys(body)).toEqual(Object.keys(JSON.parse(answer!) as object));
});

test('its links within the page lead somewhere', () => {
  const anchors = Array.from(GUIDE.matchAll(/^#+ (.*)$/gm), ([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = Array.from(GUIDE.matchAll(/\]\(#([^)]*)\)/g), ([, anchor]) => anchor!);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
});
