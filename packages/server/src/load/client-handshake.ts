/** The opening handshake as a client does it (RFC 6455, 4.1). */
import { hash } from 'node:crypto';
import type { RandomBytes } from './random-bytes.ts';

/** RFC 6455, 1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** RFC 6455, 4.1. */
const NONCE_BYTES = 16;
const HEAD_END = '\r\n\r\n';
/** A head or a refusal that is longer comes from no server of ours. */
const ANSWER_BYTES_MAX = 65_536;

/**
 * What a client offers (RFC 7692, 7.1): `on` takes the window over from message to message,
 * `no-takeover` asks for messages that stand for themselves, `off` offers nothing.
 */
export type Compression = 'on' | 'off' | 'no-takeover';

export const COMPRESSIONS: readonly Compression[] = ['on', 'off', 'no-takeover'];

const OFFERS: Readonly<Record<Compression, string | null>> = {
  on: 'permessage-deflate; client_max_window_bits',
  'no-takeover': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  off: null,
};

export interface HandshakeTerms {
  /** What stands in the Host header. */
  readonly host: string;
  readonly path: string;
  readonly compression: Compression;
  /** For the Authorization header; null: none. */
  readonly key: string | null;
}

/** @param nonce of this connection, from `newNonce` */
export function handshakeRequest(terms: HandshakeTerms, nonce: string): string {
  const lines = [
    `GET ${terms.path} HTTP/1.1`,
    `Host: ${terms.host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${nonce}`,
  ];
  const offer = OFFERS[terms.compression];
  if (offer !== null) lines.push(`Sec-WebSocket-Extensions: ${offer}`);
  if (terms.key !== null) lines.push(`Authorization: Bearer ${terms.key}`);
  return `${lines.join('\r\n')}${HEAD_END}`;
}

export function newNonce(random: RandomBytes): string {
  return random.take(NONCE_BYTES).toString('base64');
}

export type HandshakeAnswer =
  | { readonly kind: 'part' }
  | {
      readonly kind: 'open';
      /** Where the first frame begins. */
      readonly end: number;
      readonly compressed: boolean;
      /** Whether messages may refer to those before them. */
      readonly takeover: boolean;
    }
  /** @property reason such as `503 FULL`, or what was wrong with the answer */
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads what has come of the server's answer. */
export function readHandshakeAnswer(
  bytes: Buffer,
  nonce: string,
  compression: Compression,
): HandshakeAnswer {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) {
    return bytes.length < ANSWER_BYTES_MAX ? { kind: 'part' } : bad('no end of its headers');
  }
  const lines = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(lines[0]!)?.[1];
  if (status === undefined) return bad('no HTTP/1.1');
  const headers = headersOf(lines.slice(1));
  const bodyAt = headEnd + HEAD_END.length;
  if (status !== '101') return refusal(status, headers, bytes, bodyAt);
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return bad('no Upgrade: websocket');
  if (headers.get('connection')?.toLowerCase() !== 'upgrade') return bad('no Connection: Upgrade');
  const accept = hash('sha1', nonce + ACCEPT_GUID, 'base64');
  if (headers.get('sec-websocket-accept') !== accept) return bad('a wrong Sec-WebSocket-Accept');
  if (headers.has('sec-websocket-protocol')) return bad('a subprotocol that nobody offered');
  const extensions = headers.get('sec-websocket-extensions');
  if (extensions === undefined) {
    return { kind: 'open', end: bodyAt, compressed: false, takeover: false };
  }
  const [name, ...parameters] = extensions.split(';').map((part) => part.trim().toLowerCase());
  if (name !== 'permessage-deflate' || compression === 'off') {
    return bad(`the extension ${extensions}, which nobody offered`);
  }
  const takeover = !parameters.includes('server_no_context_takeover');
  if (takeover && compression === 'no-takeover') return bad('takeover, which was refused');
  return { kind: 'open', end: bodyAt, compressed: true, takeover };
}

/** A refusal with the code of its body, once that is there. */
function refusal(
  status: string,
  headers: ReadonlyMap<string, string>,
  bytes: Buffer,
  bodyAt: number,
): HandshakeAnswer {
  const length = Number(headers.get('content-length') ?? 0);
  if (length <= ANSWER_BYTES_MAX && bytes.length - bodyAt < length) return { kind: 'part' };
  const code = /"code":"(\w{1,40})"/.exec(bytes.toString('latin1', bodyAt))?.[1];
  return {
    kind: 'failed',
    reason: code === undefined ? `HTTP ${status}` : `HTTP ${status} ${code}`,
  };
}

function bad(what: string): HandshakeAnswer {
  return { kind: 'failed', reason: `bad handshake: ${what}` };
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
