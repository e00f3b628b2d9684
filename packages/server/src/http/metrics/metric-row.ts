import { Counter, Gauge, type Registry } from 'prom-client';
import type { Tally } from '../../hub/hub-stats.ts';
import type { ServerReading } from './server-reading.ts';

/** A number that a server shows, as data. */
export type MetricRow = PlainRow | LabelledRow;

interface NamedRow {
  readonly kind: 'counter' | 'gauge';
  readonly name: string;
  /** What it counts and in which unit, in one sentence. */
  readonly help: string;
}

/** One number. */
export interface PlainRow extends NamedRow {
  readonly label: null;
  /** Null when there is nothing to say: then it has no sample, and no zero that could be read. */
  readonly read: (reading: ServerReading) => number | null;
}

/** One number for each value of a label. */
export interface LabelledRow extends NamedRow {
  readonly label: string;
  readonly read: (reading: ServerReading) => Tally;
}

/** @returns what brings the metric to a reading */
export function register(registry: Registry, row: MetricRow): (reading: ServerReading) => void {
  const { kind, name, help, label } = row;
  const labelNames = label === null ? [] : [label];
  const options = { name, help, labelNames, registers: [registry] };
  const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
  return (reading) => {
    metric.reset();
    if (row.label !== null) {
      const counts = Object.entries(row.read(reading));
      for (const [value, count] of counts) metric.inc({ [row.label]: value }, count);
      return;
    }
    const value = row.read(reading);
    if (value === null) metric.remove();
    else metric.inc(value);
  };
}
