import { Registry } from 'prom-client';
import { broadcastHistogramText } from './broadcast-histogram.ts';
import { HUB_METRICS } from './hub-metrics.ts';
import { MARKET_METRICS } from './market-metrics.ts';
import { type MetricRow, register } from './metric-row.ts';
import { PRICE_METRICS } from './price-metrics.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import type { ServerReading } from './server-reading.ts';
import { SOURCE_METRICS } from './source-metrics.ts';

const INFO: MetricRow = {
  kind: 'gauge',
  name: 'tidegauge_info',
  help: 'Always 1; the version that runs.',
  label: 'version',
  read: ({ version }) => ({ [version]: 1 }),
};

const ROWS = [INFO, ...HUB_METRICS, ...PRICE_METRICS, ...SOURCE_METRICS, ...MARKET_METRICS];

/**
 * All metrics of a server, in a registry of their own. Each holds what was read last: nothing is
 * counted here.
 */
export class ServerMetrics {
  readonly #registry: Registry = new Registry();
  readonly #updates: readonly ((reading: ServerReading) => void)[];

  constructor() {
    const updates = ROWS.map((row) => register(this.#registry, row));
    this.#updates = [...updates, registerProcessMetrics(this.#registry)];
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus text. Of two that are asked for at once both may hold the later reading. */
  async text(reading: ServerReading): Promise<string> {
    for (const update of this.#updates) update(reading);
    const registered = await this.#registry.metrics();
    return `${registered}\n${broadcastHistogramText(reading.hub.broadcasts)}`;
  }
}
