/** What a client does after a close: `reconnect` (with backoff, or after the hint) or `stop`. */
export type ClientAction = 'reconnect' | 'stop';

export interface CloseCode {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
}

/**
 * Every code this server closes with. What a client does follows from the range
 * (`actionAfterClose`), so that it need not know each.
 */
export const CLOSE_CODES = {
  goingAway: {
    code: 1001,
    name: 'GOING_AWAY',
    meaning: 'this server goes away; reason has a hint',
  },
  protocolError: { code: 1002, name: 'PROTOCOL_ERROR', meaning: 'a frame that breaks RFC 6455' },
  invalidText: { code: 1007, name: 'INVALID_TEXT', meaning: 'a text frame that is not UTF-8' },
  policy: {
    code: 1008,
    name: 'POLICY_VIOLATION',
    meaning: 'a message in more fragments, or a frame in more pieces, than anybody needs',
  },
  tooBig: { code: 1009, name: 'MESSAGE_TOO_BIG', meaning: 'a message over max_message_bytes' },
  restart: { code: 1012, name: 'RESTART', meaning: 'this server restarts; reason has a hint' },
  slowConsumer: {
    code: 4008,
    name: 'SLOW_CONSUMER',
    meaning: 'did not take its messages: three warnings in a row, or too many unsent bytes',
  },
  heartbeatTimeout: {
    code: 4009,
    name: 'HEARTBEAT_TIMEOUT',
    meaning: 'no frame from the client for 60 s',
  },
  rateLimit: { code: 4029, name: 'RATE_LIMIT', meaning: 'far over the message limit' },
  badClient: { code: 4500, name: 'BAD_CLIENT', meaning: 'the 10th error within 10 s' },
  unauthorized: { code: 4501, name: 'UNAUTHORIZED', meaning: 'the key or token was refused' },
} as const;

/** 4500 to 4999 will fail the same way again; after every other code reconnecting makes sense. */
export function actionAfterClose(code: number): ClientAction {
  return code >= 4500 && code <= 4999 ? 'stop' : 'reconnect';
}

/** The reason of 1001, 1012 and 4029. */
export function reconnectHint(delayMs: number): string {
  return `reconnect after ${Math.round(delayMs)} ms`;
}

/** The delay that a close reason asks for, ms; null when it holds no hint. */
export function parseReconnectHint(reason: string): number | null {
  const match = /reconnect after (\d{1,9}) ms/.exec(reason);
  return match ? Number(match[1]) : null;
}
