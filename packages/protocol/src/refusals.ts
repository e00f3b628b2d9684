/** How an HTTP request, or an upgrade before it is a WebSocket, is refused. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly meaning: string;
  /** Value of `Retry-After`, s; null where trying again changes nothing. */
  readonly retryAfterSec: number | null;
}

export const REFUSALS = {
  badUpgrade: {
    status: 400,
    code: 'BAD_UPGRADE',
    meaning: 'not a WebSocket handshake as in RFC 6455, version 13',
    retryAfterSec: null,
  },
  unknownSubprotocol: {
    status: 400,
    code: 'UNKNOWN_SUBPROTOCOL',
    meaning: 'none of the subprotocols offered is known here',
    retryAfterSec: null,
  },
  invalidParameter: {
    status: 400,
    code: 'INVALID_PARAMETER',
    meaning: 'a parameter that is unknown or out of its range',
    retryAfterSec: null,
  },
  unauthorized: {
    status: 401,
    code: 'UNAUTHORIZED',
    meaning: 'no valid key or token',
    retryAfterSec: null,
  },
  tooManyFailures: {
    status: 429,
    code: 'TOO_MANY_FAILURES',
    meaning: 'this address has offered too many keys or tokens that are not valid',
    retryAfterSec: 60,
  },
  addressNotAllowed: {
    status: 403,
    code: 'ADDRESS_NOT_ALLOWED',
    meaning: 'this path may not be read from this address',
    retryAfterSec: null,
  },
  originNotAllowed: {
    status: 403,
    code: 'ORIGIN_NOT_ALLOWED',
    meaning: 'the page that asks is not on the list of allowed origins',
    retryAfterSec: null,
  },
  notFound: {
    status: 404,
    code: 'NOT_FOUND',
    meaning: 'nothing is served at this path',
    retryAfterSec: null,
  },
  unknownSymbol: {
    status: 404,
    code: 'INVALID_SYMBOL',
    meaning: 'a symbol that this server does not carry',
    retryAfterSec: null,
  },
  methodNotAllowed: {
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    meaning: 'this path does not take that method',
    retryAfterSec: null,
  },
  upgradeRequired: {
    status: 426,
    code: 'UPGRADE_REQUIRED',
    meaning: 'this path speaks WebSocket only',
    retryAfterSec: null,
  },
  tooManyFromAddress: {
    status: 429,
    code: 'TOO_MANY_CONNECTIONS',
    meaning: 'this address has as many connections open as one address may',
    retryAfterSec: 30,
  },
  tooManyRequests: {
    status: 429,
    code: 'TOO_MANY_REQUESTS',
    meaning: 'this address has as many answers at work or not yet taken as one address may',
    retryAfterSec: 5,
  },
  serverError: {
    status: 500,
    code: 'SERVER_ERROR',
    meaning: 'the server failed at this request',
    retryAfterSec: null,
  },
  full: {
    status: 503,
    code: 'SERVER_FULL',
    meaning: 'this server has as many connections as it takes',
    retryAfterSec: 30,
  },
  draining: {
    status: 503,
    code: 'DRAINING',
    meaning: 'this server is about to stop',
    retryAfterSec: 10,
  },
  nothingYet: {
    status: 503,
    code: 'NOTHING_YET',
    meaning: 'nothing has come yet of what was asked for',
    retryAfterSec: 5,
  },
  busy: {
    status: 503,
    code: 'BUSY',
    meaning: 'as many requests for history are at work or waiting as this server takes',
    retryAfterSec: 2,
  },
  tookTooLong: {
    status: 503,
    code: 'TOOK_TOO_LONG',
    meaning: 'the answer was not ready in the time that a request may take',
    retryAfterSec: 10,
  },
  tokensUnchecked: {
    status: 503,
    code: 'TOKENS_UNCHECKED',
    meaning: 'the keys that tokens are checked with cannot be had at present',
    retryAfterSec: 10,
  },
  webSocketsOff: {
    status: 503,
    code: 'WEBSOCKETS_OFF',
    meaning: 'WebSockets are switched off here (WS_ENABLED=false); poll /api/v1/price',
    retryAfterSec: 300,
  },
} as const;
