import { readdir } from 'node:fs/promises';
import process from 'node:process';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { registerEventLoopDelay } from './event-loop-delay.ts';

/**
 * Defaults of prom-client that are left out. Gauges that end in _total are no valid names to
 * promtool. Of active handles and requests Node has no public list; active resources say the same.
 * Open files are read in a way that holds everything up, with 19,000 connections for 16 ms. Lags
 * of the event loop are NaN, or centuries, while there are none.
 */
const LEFT_OUT =
  /_(?:handles|requests|resources)_total$|^nodejs_active_(?:handles|requests)$|^process_open_fds$|^nodejs_eventloop_/;

/** The watch of the event loop that comes with the defaults cannot be left out: it never looks. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * What every Node process shows, under its usual names: memory, CPU, event loop, collections.
 * @returns what brings those to this moment that do not do so by themselves
 */
export function registerProcessMetrics(registry: Registry): () => void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: NEVER_MS });
  for (const { name } of registry.getMetricsAsArray()) {
    if (LEFT_OUT.test(name)) registry.removeSingleMetric(name);
  }
  if (process.platform === 'linux') registerOpenFiles(registry);
  return registerEventLoopDelay(registry);
}

function registerOpenFiles(registry: Registry): void {
  new Gauge({
    name: 'process_open_fds',
    help: 'Number of open file descriptors.',
    registers: [registry],
    async collect() {
      // One of them is the folder that is read.
      this.set((await readdir('/proc/self/fd')).length - 1);
    },
  });
}
