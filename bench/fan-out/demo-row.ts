import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Order, type ServerFigures, show, startChild, stop } from '../fan-out-harness.ts';
import { mostFinding, noneFinding, plainFinding, type Row } from '../table.ts';
import { connectCrowd } from './processes.ts';

const FILE = fileURLToPath(new URL('demo-process.ts', import.meta.url));
const STREAM_MS = 20_000;
const READ_P99_MS_MAX = 100;
const KB_PER_SEC_MAX = 1_000;

/**
 * The real thing to clients on `full`, with 1,000 points a message: what was lost, bytes a client,
 * and the time from the begin of the estimate to the client's read.
 */
export function demoRow(clients: number): Row {
  return {
    name: 'demo',
    about: `the demo to ${clients} clients on full, each 500 ms`,
    run: async () => {
      const server = await startChild(FILE, ['demo']);
      const port = Number(new URL(server.url).port);
      const what = { kind: 'full', atOnce: 1 } as const;
      const crowd = await connectCrowd({ name: 'the demo', port }, clients, what);
      await delay(1_500);
      await crowd.mark();
      server.process.send({ do: 'start' } satisfies Order);
      await delay(STREAM_MS);
      const answer = once(server.process, 'message');
      server.process.send({ do: 'stop' } satisfies Order);
      const [{ cpuMs }] = (await answer) as [ServerFigures];
      const load = await crowd.figures();
      stop(server);
      const kbPerSec = load.wireBytes / STREAM_MS / clients;
      return [
        plainFinding(
          'messages',
          `${show(load.messages)} of ${show(load.wireBytes / load.messages)} B`,
        ),
        noneFinding('lost', load.lost + load.wrong),
        noneFinding('closed', clients - load.open),
        mostFinding('a client', kbPerSec, KB_PER_SEC_MAX, 'KB/s'),
        plainFinding('estimate to read, p50', `${load.p50Ms?.toFixed(1)} ms`),
        mostFinding('estimate to read, p99', load.p99Ms ?? Number.NaN, READ_P99_MS_MAX, 'ms'),
        plainFinding('CPU of the server', `${((cpuMs / STREAM_MS) * 100).toFixed(1)} % of a core`),
      ];
    },
  };
}
