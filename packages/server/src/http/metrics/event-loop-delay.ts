import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** Between two looks at the clock: short enough for what a person or a socket would notice. */
const LOOK_MS = 20;

type Watch = ReturnType<typeof monitorEventLoopDelay>;
type Delays = Pick<Watch, 'count' | 'max' | 'percentile' | 'reset'>;

/**
 * How late the event loop is, since it was asked last. The histogram of Node tells the time
 * between two looks, which is never less than what lies between them by plan: that is taken off.
 */
export function registerEventLoopDelay(
  registry: Registry,
  delays: Delays = watchedDelays(),
): () => void {
  const parts: readonly [string, () => number][] = [
    ['p50', () => delays.percentile(50)],
    ['p99', () => delays.percentile(99)],
    ['max', () => delays.max],
  ];
  const gauges = parts.map(([part, readNs]) => {
    const gauge = new Gauge({
      name: `nodejs_eventloop_lag_${part}_seconds`,
      help: `How late the event loop was since the last scrape (${part}), seconds.`,
      registers: [registry],
    });
    return { gauge, readNs };
  });
  return () => {
    for (const { gauge, readNs } of gauges) {
      if (delays.count === 0) gauge.remove();
      else gauge.set(Math.max(0, readNs() / 1e9 - LOOK_MS / 1000));
    }
    delays.reset();
  };
}

function watchedDelays(): Delays {
  const delays = monitorEventLoopDelay({ resolution: LOOK_MS });
  delays.enable();
  return delays;
}
