import type { MetricRow } from './metric-row.ts';

/** WebSockets. `symbol` is a symbol of /ws/heatmap or a channel of /ws/mempool. */
export const HUB_METRICS: readonly MetricRow[] = [
  {
    kind: 'gauge',
    name: 'ws_workers',
    help: 'Worker processes that take clients; 0 where one process does all.',
    label: null,
    read: ({ hub }) => hub.workers,
  },
  {
    kind: 'gauge',
    name: 'ws_connections',
    help: 'WebSockets that are open.',
    label: null,
    read: ({ hub }) => hub.connections,
  },
  {
    kind: 'gauge',
    name: 'ws_active_connections',
    help: 'Clients that are subscribed, by symbol or channel.',
    label: 'symbol',
    read: ({ hub }) => hub.subscriptions,
  },
  {
    kind: 'counter',
    name: 'ws_messages_sent_total',
    help: 'Messages of a symbol or channel, one for each client that was sent it.',
    label: 'symbol',
    read: ({ hub }) => hub.sent,
  },
  {
    kind: 'counter',
    name: 'ws_messages_dropped_total',
    help: 'Messages that a client did not take in time, and newer ones took the place of.',
    label: 'symbol',
    read: ({ hub }) => hub.dropped,
  },
  {
    kind: 'counter',
    name: 'ws_slow_consumers_total',
    help: 'Warnings and closes of slow clients, under each symbol or channel they had.',
    label: 'symbol',
    read: ({ hub }) => hub.slow,
  },
  {
    kind: 'counter',
    name: 'ws_disconnects_total',
    help: 'WebSockets that ended, by close code.',
    label: 'code',
    read: ({ hub }) => hub.disconnects,
  },
  {
    kind: 'counter',
    name: 'ws_refused_total',
    help: 'WebSockets that were refused before they were one, by the code of the refusal.',
    label: 'reason',
    read: ({ hub }) => hub.refused,
  },
];
