import { AUTH_SUBPROTOCOL_PREFIX } from '@tidegauge/protocol';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** RFC 6750, 2.1; the name of a scheme is in any case (RFC 9110, 11.1). */
const BEARER = /^bearer +(\S+) *$/i;

/** The key or token that the headers bring: Authorization before X-API-Key. Null without one. */
export function credentialOf(headers: Headers): string | null {
  const bearer = BEARER.exec(one(headers.authorization))?.[1];
  return bearer ?? (one(headers['x-api-key']).trim() || null);
}

/** What a Sec-WebSocket-Protocol header offers. */
export interface OfferedProtocols {
  /** Without what only brings a credential. */
  readonly names: readonly string[];
  /** The key or token behind AUTH_SUBPROTOCOL_PREFIX; null without one. */
  readonly credential: string | null;
}

export function readOfferedProtocols(header: string | undefined): OfferedProtocols {
  const offered = (header ?? '').split(',').map((name) => name.trim());
  const names = offered.filter((name) => name !== '' && !name.startsWith(AUTH_SUBPROTOCOL_PREFIX));
  const bringing = offered.find((name) => name.startsWith(AUTH_SUBPROTOCOL_PREFIX));
  return { names, credential: bringing?.slice(AUTH_SUBPROTOCOL_PREFIX.length) || null };
}

function one(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
