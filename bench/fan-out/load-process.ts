/** The clients of the fan-out bench, as a process that obeys orders: `tidegauge load` inside. */
import process from 'node:process';
import { systemClock } from '../../packages/server/src/clock.ts';
import { LoadRun } from '../../packages/server/src/load/load-run.ts';
import type { LoadTally } from '../../packages/server/src/load/load-tally.ts';
import type { LoadFigures, LoadOrder } from './orders.ts';

type Counts = Pick<LoadFigures, 'messages' | 'wireBytes' | 'lost' | 'wrong' | 'failed' | 'closed'>;

let run: LoadRun | null = null;
let marked: Counts = { messages: 0, wireBytes: 0, lost: 0, wrong: 0, failed: 0, closed: 0 };
let connectMs = 0;

function countsOf(tally: LoadTally): Counts {
  return {
    messages: tally.messages,
    wireBytes: tally.wireBytes,
    lost: tally.lost,
    wrong: tally.duplicates + tally.wentBack + tally.invalid,
    failed: tally.failed.total,
    closed: tally.closed.total,
  };
}

function figures({ tally, open }: LoadRun): LoadFigures {
  const now = countsOf(tally);
  return {
    open,
    messages: now.messages - marked.messages,
    wireBytes: now.wireBytes - marked.wireBytes,
    lost: now.lost - marked.lost,
    wrong: now.wrong - marked.wrong,
    failed: now.failed - marked.failed,
    closed: now.closed - marked.closed,
    p50Ms: tally.latency.quantileMs(0.5),
    p99Ms: tally.latency.quantileMs(0.99),
    connectMs,
  };
}

async function obey(order: LoadOrder): Promise<LoadFigures> {
  const startedMs = performance.now();
  if (order.do === 'connect') {
    run = new LoadRun(order.plan, systemClock);
    await run.connectAll();
    connectMs = performance.now() - startedMs;
  }
  if (run === null) throw new Error('nobody is connected yet');
  if (order.do === 'storm') {
    await run.storm();
    connectMs = run.reconnects.at(-1)?.allBackMs ?? Number.POSITIVE_INFINITY;
  } else if (order.do === 'mark') {
    marked = countsOf(run.tally);
    run.tally.latency.reset();
  }
  return figures(run);
}

process.on('message', (order: LoadOrder) => {
  void obey(order).then((found) => process.send!(found));
});
process.send!('ready');
