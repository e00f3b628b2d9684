/** A place for a worker, with a clock that stands and a real process. */
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Headcount } from '../../src/workers/headcount.ts';
import { GRACE_MS, SILENT_MAX_MS } from '../../src/workers/limits.ts';
import { Post } from '../../src/workers/post.ts';
import { Client, testConfig } from '../http-harness.ts';
import { FakeClock, FakeLog, NOTHING_PUBLISHED } from '../hub-fakes.ts';

const clock = new FakeClock();
const log = new FakeLog();
const post = new Post({
  number: 1,
  clock,
  log,
  states: {
    price: NOTHING_PUBLISHED,
    heatmap: { ...NOTHING_PUBLISHED, symbols: () => [] },
  },
  headcount: new Headcount(),
  onCount: () => {},
  start: {
    kind: 'start',
    config: testConfig({}),
    upstream: '/nonexistent/http',
    epoch: 'k3x9',
    demo: { price: false, heatmap: false },
    symbols: [],
  },
});

afterEach(() => post.close());

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

test('a worker that reports nothing is given time, then killed and replaced', async () => {
  const port = await post.start();
  clock.advance(SILENT_MAX_MS);
  expect(log.events('worker_silent')).toMatchObject([{ worker: 1 }]);

  // It had reported, only nobody had listened, as in a long pause of this process.
  const client = await new Client(`ws://127.0.0.1:${port}/ws/mempool`).opened();
  await until(() => post.figures.connections === 1);
  clock.advance(GRACE_MS);
  expect(log.events('worker_killed')).toEqual([]);

  process.kill(log.events('worker_up')[0]!.pid as number, 'SIGSTOP');
  clock.advance(SILENT_MAX_MS + GRACE_MS);
  await until(() => log.events('worker_ended').length === 1);
  expect(log.events('worker_killed')).toMatchObject([{ worker: 1 }]);
  await client.closed;
  clock.advance(1_000);
  await until(() => log.events('worker_up').length === 2);
  expect(post.takesClients).toBe(true);
});
