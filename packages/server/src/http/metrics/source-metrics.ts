import type { Tally } from '../../hub/hub-stats.ts';
import type { SourceStatus } from '../../sources/source.ts';
import type { MetricRow } from './metric-row.ts';
import type { ServerReading } from './server-reading.ts';

/** Where transactions and candles come from. `source` is its name in /health. */
export const SOURCE_METRICS: readonly MetricRow[] = [
  {
    kind: 'gauge',
    name: 'source_connected',
    help: '1 while the source is connected, else 0.',
    label: 'source',
    read: (reading) => bySource(reading, ({ state }) => Number(state === 'connected')),
  },
  {
    kind: 'gauge',
    name: 'source_demo',
    help: '1 for a source whose data is made up, else 0.',
    label: 'source',
    read: (reading) => bySource(reading, (_, demo) => Number(demo)),
  },
  {
    kind: 'gauge',
    name: 'source_last_message_timestamp_seconds',
    help: 'When the source last sent something, unix seconds; of files, their newest candle.',
    label: 'source',
    read: (reading) => bySource(reading, ({ lastFrameSec }) => lastFrameSec),
  },
  {
    kind: 'counter',
    name: 'source_messages_total',
    help: 'Messages of the node, or events of the venue, that came.',
    label: 'source',
    read: (reading) => bySource(reading, ({ frames }) => frames),
  },
  {
    kind: 'counter',
    name: 'source_messages_dropped_total',
    help: 'Messages that came faster than they could be read; the oldest went.',
    label: 'source',
    read: (reading) => bySource(reading, ({ dropped }) => dropped),
  },
  {
    kind: 'counter',
    name: 'source_messages_malformed_total',
    help: 'Messages that were no valid frame.',
    label: 'source',
    read: (reading) => bySource(reading, ({ malformed }) => malformed),
  },
  {
    kind: 'counter',
    name: 'zmq_messages_total',
    help: 'Messages of the Bitcoin node that came. Absent in a demo.',
    label: null,
    read: ({ demo, source }) => (demo ? null : source.frames),
  },
  {
    kind: 'counter',
    name: 'zmq_gaps_total',
    help: 'Messages that the Bitcoin node sent and that never came. Absent in a demo.',
    label: null,
    read: ({ demo, source }) => (demo ? null : source.missed),
  },
];

/** @param read null where there is nothing to say */
function bySource(
  { source, demo, venue }: ServerReading,
  read: (status: SourceStatus, demo: boolean) => number | null,
): Tally {
  const found = [{ status: source, demo }, ...(venue === null ? [] : [venue])];
  const values = found.map((each) => [each.status.name, read(each.status, each.demo)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== null)) as Tally;
}
