import {
  CHANNELS_PER_MESSAGE_MAX,
  CLIENT_MESSAGE_DEPTH_MAX,
  PING_TIMESTAMP_CHARS_MAX,
  QUOTED_CHARS_MAX,
} from './limits.ts';
import { CHANNELS, type Channel, type ErrorCode } from './messages.ts';

/** A client message after reading: what is asked for, free of how it was written. */
export type ClientRequest =
  | { readonly kind: 'ping'; readonly timestamp: string | number | null }
  | {
      readonly kind: 'channels';
      readonly subscribe: readonly Channel[];
      readonly unsubscribe: readonly Channel[];
      /** Names that are no channel, in words; null when all were. The others count. */
      readonly rejected: string | null;
    };

export interface ParseFailure {
  readonly ok: false;
  readonly code: ErrorCode;
  /** Names what was given and what is allowed. */
  readonly message: string;
}

export type ParseResult = { readonly ok: true; readonly message: ClientRequest } | ParseFailure;

const FORMS = '{"subscribe":"price"}, {"unsubscribe":"price"} or {"action":"ping"}';
const CHANNEL_LIST: string = CHANNELS.join(', ');

/** Reads one client message of /ws/mempool. Never throws, whatever the text. */
export function parseClientMessage(text: string): ParseResult {
  const value = parseJson(text);
  if (value === undefined) {
    return invalid(`not JSON: ${quote(text)}; allowed is an object such as ${FORMS}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid(`not an object: ${quote(text)}; allowed is ${FORMS}`);
  }
  if (depthOf(text) > CLIENT_MESSAGE_DEPTH_MAX) {
    return invalid(`nested over ${CLIENT_MESSAGE_DEPTH_MAX} deep: ${quote(text)}`);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if ('subscribe' in fields || 'unsubscribe' in fields) return parseChannels(fields);
  if ('action' in fields) return parseAction('action', fields);
  if ('type' in fields) return parseAction('type', fields);
  return invalid(`no field that says what to do in ${quote(text)}; allowed is ${FORMS}`);
}

function parseAction(
  field: 'action' | 'type',
  fields: Readonly<Record<string, unknown>>,
): ParseResult {
  const action = fields[field];
  if (typeof action !== 'string') {
    return invalid(`${field} must be a string such as "ping", not ${show(action)}`);
  }
  if (action !== 'ping') {
    const message = `unknown ${field} ${show(action)}; allowed here: ${FORMS}`;
    return { ok: false, code: 'INVALID_ACTION', message };
  }
  const timestamp = fields.timestamp ?? null;
  if (timestamp !== null && !isPingTimestamp(timestamp)) {
    return invalid(
      `timestamp must be a number or a string of at most ${PING_TIMESTAMP_CHARS_MAX} characters, ` +
        `not ${show(timestamp)}`,
    );
  }
  return { ok: true, message: { kind: 'ping', timestamp } };
}

function isPingTimestamp(value: unknown): value is string | number {
  if (typeof value === 'string') return value.length <= PING_TIMESTAMP_CHARS_MAX;
  return typeof value === 'number' && Number.isFinite(value);
}

function parseChannels(fields: Readonly<Record<string, unknown>>): ParseResult {
  const unknown: string[] = [];
  const subscribe = readNames('subscribe', fields, unknown);
  if (typeof subscribe === 'string') return invalid(subscribe);
  const unsubscribe = readNames('unsubscribe', fields, unknown);
  if (typeof unsubscribe === 'string') return invalid(unsubscribe);

  const rejected =
    unknown.length === 0
      ? null
      : `unknown channel ${unknown.map(show).join(', ')}; allowed: ${CHANNEL_LIST}`;
  if (rejected !== null && subscribe.length + unsubscribe.length === 0) return invalid(rejected);
  return { ok: true, message: { kind: 'channels', subscribe, unsubscribe, rejected } };
}

/** The known channels of a field, each once; adds unknown names to `unknown`; text: an error. */
function readNames(
  field: 'subscribe' | 'unsubscribe',
  fields: Readonly<Record<string, unknown>>,
  unknown: string[],
): readonly Channel[] | string {
  const given = fields[field];
  if (!(field in fields)) return [];
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  const strings = names.filter((name) => typeof name === 'string');
  if (strings.length === 0 || strings.length !== names.length) {
    const wrong = `${field} must be a channel or a list of channels, not ${show(given)}`;
    return `${wrong}; allowed: ${CHANNEL_LIST}`;
  }
  if (names.length > CHANNELS_PER_MESSAGE_MAX) {
    return `${field} has ${names.length} names; allowed are at most ${CHANNELS_PER_MESSAGE_MAX}`;
  }
  unknown.push(...strings.filter((name) => !isChannel(name)));
  return [...new Set(strings.filter(isChannel))];
}

function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name);
}

function invalid(message: string): ParseFailure {
  return { ok: false, code: 'INVALID_MESSAGE', message };
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

/** A value as JSON, shortened. */
function show(value: unknown): string {
  return quote(JSON.stringify(value));
}

/** The client's own text, shortened. Half a surrogate pair is escaped by the encoder. */
function quote(text: string): string {
  return text.length <= QUOTED_CHARS_MAX ? text : `${text.slice(0, QUOTED_CHARS_MAX)}…`;
}
