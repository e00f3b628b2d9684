/**
 * Every setting, once. From this table come the types and defaults (config.ts), the reading of
 * environment and flags, `--help` and `tidegauge config`. A flag is the variable's name in lower
 * case with dashes: BITCOIN_ZMQ_TX is --bitcoin-zmq-tx.
 */
import type { SettingRow } from './config-values.ts';

export const CONFIG_TABLE = {
  host: {
    env: 'HOST',
    type: 'host',
    default: '127.0.0.1',
    help: 'Address to listen on; 0.0.0.0 for every network of this machine.',
  },
  port: {
    env: 'PORT',
    type: 'integer',
    default: 8000,
    min: 0,
    max: 65_535,
    help: 'Port to listen on; 0 takes any that is free.',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    type: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    help: 'Least important kind of line to log.',
  },
  logFormat: {
    env: 'LOG_FORMAT',
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'json', 'pretty'],
    help: 'auto: pretty on a terminal, else one JSON object a line.',
  },
  bitcoinZmqTx: {
    env: 'BITCOIN_ZMQ_TX',
    type: 'endpoint',
    default: null,
    help: 'Where the Bitcoin node publishes rawtx (its zmqpubrawtx). Unset, as the next: demo.',
  },
  bitcoinZmqBlock: {
    env: 'BITCOIN_ZMQ_BLOCK',
    type: 'endpoint',
    default: null,
    help: 'Where the Bitcoin node publishes rawblock (its zmqpubrawblock).',
  },
  mempoolUpdateIntervalMs: {
    env: 'MEMPOOL_UPDATE_INTERVAL_MS',
    type: 'integer',
    default: 500,
    min: 100,
    max: 10_000,
    unit: 'ms',
    help: 'Time between two states on /ws/mempool.',
  },
  mempoolWindowHours: {
    env: 'MEMPOOL_WINDOW_HOURS',
    type: 'number',
    default: 3,
    min: 0.25,
    max: 24,
    unit: 'h',
    help: 'How long an unconfirmed transaction counts.',
  },
  wsEnabled: {
    env: 'WS_ENABLED',
    type: 'boolean',
    default: true,
    help: 'false: WebSockets are refused with 503, clients poll.',
  },
  wsMaxConnections: {
    env: 'WS_MAX_CONNECTIONS',
    type: 'integer',
    default: 1000,
    min: 0,
    max: 1_000_000,
    help: 'WebSockets open at once; 0: no limit.',
  },
  wsMaxConnectionsPerIp: {
    env: 'WS_MAX_CONNECTIONS_PER_IP',
    type: 'integer',
    default: 10,
    min: 0,
    max: 1_000_000,
    help: 'WebSockets open at once from one address (IPv6: one /64 network); 0: no limit.',
  },
  wsSlowConsumerTimeoutSec: {
    env: 'WS_SLOW_CONSUMER_TIMEOUT',
    type: 'number',
    default: 1,
    min: 0.1,
    max: 60,
    unit: 's',
    help: 'How long a client may leave bytes unread before it is warned.',
  },
  wsMaxPendingBytes: {
    env: 'WS_MAX_PENDING_BYTES',
    type: 'integer',
    default: 1_048_576,
    min: 1_048_576,
    max: 1_073_741_824,
    unit: 'bytes',
    help: 'Unsent bytes at which a client is closed (4008).',
  },
  wsMaxMessageBytes: {
    env: 'WS_MAX_MESSAGE_BYTES',
    type: 'integer',
    default: 4096,
    min: 256,
    max: 1_048_576,
    unit: 'bytes',
    help: 'Largest message a client may send; a larger one closes it (1009).',
  },
  wsMaxMessagesPer10s: {
    env: 'WS_MAX_MESSAGES_PER_10S',
    type: 'integer',
    default: 100,
    min: 1,
    max: 1_000_000,
    help: 'Messages, pings and pongs that a client may send within 10 s.',
  },
  allowedOrigins: {
    env: 'ALLOWED_ORIGINS',
    type: 'origins',
    default: [],
    help: 'Web pages that may read from here, beside its own: origins, with commas, or *.',
  },
  trustedProxies: {
    env: 'TRUSTED_PROXIES',
    type: 'networks',
    default: [],
    help: 'Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas.',
  },
  drainSeconds: {
    env: 'DRAIN_SECONDS',
    type: 'number',
    default: 10,
    min: 0,
    max: 600,
    unit: 's',
    help: 'When stopping, how long the closing of many clients is spread out.',
  },
  demoSeed: {
    env: 'DEMO_SEED',
    type: 'integer',
    default: 1,
    min: 0,
    max: 4_294_967_295,
    help: 'Which demo runs: the same seed gives the same transactions.',
  },
} as const;

/** The table as plain rows: also checks each row's form. */
export const CONFIG_ROWS: Readonly<Record<string, SettingRow>> = CONFIG_TABLE;
