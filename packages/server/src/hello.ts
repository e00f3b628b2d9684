import { encodeHello, IDLE_TIMEOUT_MS, PING_INTERVAL_MS } from '@tidegauge/protocol';
import type { Config } from './config.ts';
import { VERSION } from './version.ts';

/** What differs between the hello messages of the two endpoints. */
export interface HelloParts {
  readonly epoch: string;
  readonly timeSec: number;
  readonly demo: boolean;
  readonly updateIntervalMs: number;
  /** How many a connection may hold; absent where there are no symbols. */
  readonly symbolsMax?: number;
}

/** The first message to a client that offered the subprotocol. */
export function helloMessage(config: Config, parts: HelloParts): string {
  return encodeHello({
    server: `tidegauge/${VERSION}`,
    epoch: parts.epoch,
    time: parts.timeSec,
    demo: parts.demo,
    limits: {
      max_message_bytes: config.wsMaxMessageBytes,
      max_messages_per_10s: config.wsMaxMessagesPer10s,
      max_pending_bytes: config.wsMaxPendingBytes,
      update_interval_ms: parts.updateIntervalMs,
      ping_interval_ms: PING_INTERVAL_MS,
      idle_timeout_ms: IDLE_TIMEOUT_MS,
      ...(parts.symbolsMax === undefined ? {} : { max_symbols: parts.symbolsMax }),
    },
  });
}
