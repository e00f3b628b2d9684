import type { ErrorCode, WarningCode } from './messages.ts';

interface CodeMeaning<Code> {
  readonly code: Code;
  readonly meaning: string;
  readonly clientDoes: string;
}

/** Codes of `{"type":"error"}`. An error never closes the connection by itself. */
export const ERROR_CODES: { readonly [Code in ErrorCode]: CodeMeaning<Code> } = {
  INVALID_MESSAGE: {
    code: 'INVALID_MESSAGE',
    meaning: 'not JSON, not an object, too deep, or a field that is missing or wrong',
    clientDoes: 'mend the message; it had no effect',
  },
  INVALID_ACTION: {
    code: 'INVALID_ACTION',
    meaning: 'an action that this address does not know',
    clientDoes: 'use one that the message names',
  },
  INVALID_SYMBOL: {
    code: 'INVALID_SYMBOL',
    meaning: 'a symbol that this server does not carry',
    clientDoes: 'use one that the message names; the others in the same message were taken',
  },
  RATE_LIMITED: {
    code: 'RATE_LIMITED',
    meaning: 'too many messages; this one was not read',
    clientDoes: 'wait retry_after_ms, then send again',
  },
  UNAUTHORIZED: {
    code: 'UNAUTHORIZED',
    meaning: 'the key or token does not allow this',
    clientDoes: 'get another key; trying again changes nothing',
  },
  SERVER_ERROR: {
    code: 'SERVER_ERROR',
    meaning: 'the server failed at this message',
    clientDoes: 'try again; the connection stays usable',
  },
};

/** Codes of `{"type":"warning"}`. */
export const WARNING_CODES: { readonly [Code in WarningCode]: CodeMeaning<Code> } = {
  SLOW_CONSUMER: {
    code: 'SLOW_CONSUMER',
    meaning: 'the connection could not take messages for a while; some were replaced by newer ones',
    clientDoes: 'subscribe to less, or read faster; a third warning in a row is followed by 4008',
  },
  CONNECTION_UNSTABLE: {
    code: 'CONNECTION_UNSTABLE',
    meaning: 'this client reconnected more than 5 times within a minute',
    clientDoes: 'wait longer between attempts',
  },
  SOURCE_STALE: {
    code: 'SOURCE_STALE',
    meaning: 'a source of data is lost; what is shown is the last that it gave',
    clientDoes: 'show the data as stale',
  },
};
