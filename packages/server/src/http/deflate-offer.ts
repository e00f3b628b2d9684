import { type DeflateTerms, deflateTerms, WINDOW_BITS_MAX } from '../hub/deflate-terms.ts';

/** The offer of permessage-deflate that the server takes, of those that a client made. */
export interface DeflateOffer {
  /** As a Sec-WebSocket-Extensions header that offers nothing else. */
  readonly header: string;
  /** For the messages to the client; null when they are to go uncompressed. */
  readonly terms: DeflateTerms | null;
  /** The client may be told how large a window it may use for what it sends. */
  readonly limitsClientWindow: boolean;
}

export interface OfferLimits {
  /** What clients that can be told are told to use, log2 of bytes. */
  readonly clientWindowBits: number;
}

const NAME = 'permessage-deflate';
const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const OWS = '[ \\t]*';
/** RFC 6455, 9.1; what is quoted has to be a token, too, so it holds no separators. */
const ELEMENT = new RegExp(`^${OWS}(${TOKEN})${OWS}(?:=${OWS}(?:(${TOKEN})|"(${TOKEN})")${OWS})?$`);
const FLAGS = ['server_no_context_takeover', 'client_no_context_takeover'];
const SERVER_BITS = 'server_max_window_bits';
const CLIENT_BITS = 'client_max_window_bits';
const BITS = /^(?:[89]|1[0-5])$/;

/** A parameter without a value has null. */
type Parameters = ReadonlyMap<string, string | null>;

/**
 * Reads what a client offers (RFC 7692, 5.1 and 7.1). An offer with a parameter that is unknown, is
 * there twice or has a wrong value is declined, and the next one looked at; other extensions are
 * passed over.
 * @param header the client's Sec-WebSocket-Extensions
 * @returns null when nothing can be taken, `malformed` when the header breaks the grammar of RFC
 * 6455, 9.1, for which the handshake has to fail
 */
export function chooseOffer(
  header: string,
  { clientWindowBits }: OfferLimits,
): DeflateOffer | null | 'malformed' {
  let chosen: Parameters | null = null;
  for (const extension of header.split(',')) {
    const [name, ...parameters] = extension.split(';').map((part) => ELEMENT.exec(part));
    if (!name || name[2] !== undefined || name[3] !== undefined) return 'malformed';
    if (parameters.includes(null)) return 'malformed';
    if (chosen === null && name[1] === NAME) chosen = read(parameters as RegExpExecArray[]);
  }
  if (chosen === null) return null;
  const windowBits = Number(chosen.get(SERVER_BITS) ?? WINDOW_BITS_MAX);
  const clientBits = chosen.has(CLIENT_BITS) ? (chosen.get(CLIENT_BITS) ?? WINDOW_BITS_MAX) : 0;
  return {
    header: [NAME, ...Array.from(chosen, written)].join('; '),
    terms: deflateTerms(chosen.has('server_no_context_takeover'), windowBits),
    limitsClientWindow: Number(clientBits) >= clientWindowBits,
  };
}

/** @returns null when the offer has to be declined */
function read(elements: readonly RegExpExecArray[]): Parameters | null {
  const parameters = new Map<string, string | null>();
  for (const [, name = '', bare, quoted] of elements) {
    const value = bare ?? quoted ?? null;
    if (parameters.has(name) || !isAllowed(name, value)) return null;
    parameters.set(name, value);
  }
  return parameters;
}

function isAllowed(name: string, value: string | null): boolean {
  if (FLAGS.includes(name)) return value === null;
  if (name === SERVER_BITS) return value !== null && BITS.test(value);
  return name === CLIENT_BITS && (value === null || BITS.test(value));
}

function written([name, value]: [string, string | null]): string {
  return value === null ? name : `${name}=${value}`;
}
