/** What the messages of clients have in common at every address. */
import { CLIENT_MESSAGE_DEPTH_MAX, PING_TIMESTAMP_CHARS_MAX, QUOTED_CHARS_MAX } from './limits.ts';
import type { ErrorCode } from './messages.ts';

export interface PingRequest {
  readonly kind: 'ping';
  /** To be echoed; null when the ping had none. */
  readonly timestamp: string | number | null;
}

export interface ParseFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Names what was given and what is allowed. */
  readonly message: string;
}

/** A client message after reading: what is asked for, free of how it was written. */
export type ParseResult<Request> = { readonly ok: true; readonly message: Request } | ParseFailure;

/** The fields of a client message: any JSON, nothing of it checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a message. @param forms examples of what is allowed, for errors */
export function readFields(text: string, forms: string): ParseResult<Fields> {
  const value = parseJson(text);
  if (value === undefined) {
    return invalid(`not JSON: ${shortened(text)}; allowed is an object such as ${forms}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid(`not an object: ${shortened(text)}; allowed is ${forms}`);
  }
  if (depthOf(text) > CLIENT_MESSAGE_DEPTH_MAX) {
    return invalid(`nested over ${CLIENT_MESSAGE_DEPTH_MAX} deep: ${shortened(text)}`);
  }
  return { ok: true, message: value as Fields };
}

/**
 * What a message wants done, in both forms: `{"action":"ping"}` and `{"type":"ping"}`.
 *
 * @param allowed the actions of this address
 */
export function readAction<Action extends string>(
  text: string,
  fields: Fields,
  allowed: readonly Action[],
  forms: string,
): ParseResult<Action> {
  const field = 'action' in fields ? 'action' : 'type';
  if (!(field in fields)) {
    return invalid(`no field that says what to do in ${shortened(text)}; allowed is ${forms}`);
  }
  const given = fields[field];
  if (typeof given !== 'string') {
    return invalid(`${field} must be a string such as "ping", not ${quoteJson(given)}`);
  }
  const action = allowed.find((each) => each === given);
  if (action !== undefined) return { ok: true, message: action };
  const message = `unknown ${field} ${quoteJson(given)}; allowed here: ${forms}`;
  return { ok: false, code: 'INVALID_ACTION', message };
}

export function readPing(fields: Fields): ParseResult<PingRequest> {
  const timestamp = fields.timestamp ?? null;
  if (timestamp !== null && !isPingTimestamp(timestamp)) {
    return invalid(
      `timestamp must be a number or a string of at most ${PING_TIMESTAMP_CHARS_MAX} characters, ` +
        `not ${quoteJson(timestamp)}`,
    );
  }
  return { ok: true, message: { kind: 'ping', timestamp } };
}

export function invalid(message: string): ParseFailure {
  return { ok: false, code: 'INVALID_MESSAGE', message };
}

/** A value as JSON, shortened. */
export function quoteJson(value: unknown): string {
  return shortened(JSON.stringify(value));
}

/** The client's own text, shortened. Half a surrogate pair is escaped by the encoder. */
export function shortened(text: string): string {
  return text.length <= QUOTED_CHARS_MAX ? text : `${text.slice(0, QUOTED_CHARS_MAX)}…`;
}

function isPingTimestamp(value: unknown): value is string | number {
  if (typeof value === 'string') return value.length <= PING_TIMESTAMP_CHARS_MAX;
  return typeof value === 'number' && Number.isFinite(value);
}

/** Undefined when the text is no JSON: no JSON text yields undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Deepest nesting of objects and arrays in a text that is known to be JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}
