/** What reading a text frame has in common on every address of the server. */
import { asFields, asNumber, asText, asTimeSec, type Fields } from './fields.ts';
import type { CommonIncoming, Malformed } from './incoming.ts';

export type Reader<Message> = (message: Fields) => Message | CommonIncoming;
export type Readers<Message> = ReadonlyMap<string, Reader<Message>>;

/** Readers of the types that every address has. */
export const COMMON_READERS: readonly (readonly [string, Reader<never>])[] = [
  ['hello', readHello],
  ['warning', readWarning],
  ['error', readError],
  ['pong', ({ echo }) => ({ kind: 'pong', echo: asText(echo) })],
];

/** One text frame in, one value out; never throws. The reader is chosen by the type. */
export function readFrame<Message>(
  text: string,
  readers: Readers<Message>,
): Message | CommonIncoming {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed(`not JSON: ${text.slice(0, 80)}`);
  }
  const message = asFields(value);
  const type = asText(message?.type);
  if (!message || type === null) return malformed('no object with a type');
  const reader = readers.get(type);
  return reader ? reader(message) : { kind: 'unknown', type };
}

export function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason };
}

function readHello(message: Fields): CommonIncoming {
  const protocol = asNumber(message.protocol);
  if (protocol === null) return malformed('hello without a protocol number');
  return {
    kind: 'hello',
    protocol,
    server: asText(message.server) ?? 'unnamed server',
    timeSec: asTimeSec(message.time),
    demo: message.demo === true,
  };
}

function readWarning(message: Fields): CommonIncoming {
  const code = asText(message.code);
  if (code === null) return malformed('warning without a code');
  return {
    kind: 'warning',
    code,
    message: asText(message.message) ?? '',
    source: asText(message.source),
    sinceSec: asTimeSec(message.since),
  };
}

function readError(message: Fields): CommonIncoming {
  const code = asText(message.code);
  if (code === null) return malformed('error without a code');
  return { kind: 'error', code, message: asText(message.message) ?? '' };
}
