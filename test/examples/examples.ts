/** The examples that run in a terminal, and what they write when. */
import path from 'node:path';
import process from 'node:process';
import type { Program } from './running-program.ts';
import { EXAMPLES_DIR, findGo, findPython } from './runtimes.ts';

export interface Example extends Program {
  /** For each thing that it shows: what it writes while that is live, and when it is no more. */
  readonly shows: readonly Shown[];
  /** That the server has let it in no more, and asked it not to try again. */
  readonly closedForGood: RegExp;
  /** Its exit code then. */
  readonly exitCode: number;
  /** That its key is missing; null for one that brings none, and is not told. */
  readonly unauthorized: RegExp | null;
  /** How long it waits, seconds; null for one that does not say. */
  readonly waitSec: RegExp | null;
}

export interface Shown {
  readonly live: RegExp;
  readonly stale: RegExp;
}

function script(...parts: string[]): Program['args'] {
  return (serverUrl) => [path.join(EXAMPLES_DIR, ...parts), serverUrl];
}

const BARE = {
  closedForGood: /^stale: 4500 ten errors$/,
  exitCode: 0,
  unauthorized: null,
  waitSec: null,
};

const WATCH = {
  shows: ['price', 'BTCUSDT'].map((name) => ({
    live: new RegExp(`^[\\d:]{8} ${name}: \\$[\\d,.]+ .*live DEMO$`),
    stale: new RegExp(`^[\\d:]{8} ${name}: stale, `),
  })),
  closedForGood: /closed with 4500:? ten errors$/,
  exitCode: 1,
  unauthorized: /refused with HTTP 401/,
  waitSec: /trying again in ([\d.]+) s$/,
};

/** All of them whose runtime is here. */
export async function findExamples(): Promise<readonly Example[]> {
  const [python, go] = await Promise.all([findPython(), findGo()]);
  const watching: Example[] = [];
  if (python !== null) {
    const args = script('python', 'watch.py');
    watching.push({ name: 'python/watch.py', ...python, args, ...WATCH });
  }
  if (go !== null) {
    const args: Program['args'] = (serverUrl) => ['-server', serverUrl];
    watching.push({ name: 'go/main.go', ...go, args, ...WATCH });
  }
  return [...nodeExamples(), ...watching];
}

function nodeExamples(): Example[] {
  return [
    {
      name: 'bare-websocket/price.mjs',
      command: process.execPath,
      args: script('bare-websocket', 'price.mjs'),
      shows: [{ live: /^\$[\d.]+ \(.*\), live, DEMO$/, stale: /^stale: / }],
      ...BARE,
    },
    {
      name: 'bare-websocket/heatmap.mjs',
      command: process.execPath,
      args: script('bare-websocket', 'heatmap.mjs'),
      shows: [{ live: /^BTCUSDT \$[\d.]+ at .*, live, DEMO$/, stale: /^stale: / }],
      ...BARE,
    },
    {
      name: 'sdk/bot.mjs',
      command: process.execPath,
      args: script('sdk', 'bot.mjs'),
      shows: [
        { live: /^price: \$[\d.]+ .* ms old, DEMO$/, stale: /^line: reconnecting$/ },
        { live: /^BTCUSDT: within 2 % .*, DEMO$/, stale: /^line: reconnecting$/ },
      ],
      closedForGood: /^error: REFUSED: .*4500:? ten errors$/,
      exitCode: 1,
      unauthorized: /^error: UNAUTHORIZED: /,
      waitSec: null,
    },
  ];
}
