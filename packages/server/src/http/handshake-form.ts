import type { IncomingMessage } from 'node:http';

/** The only version of the protocol that there is (RFC 6455, 11.6). */
export const WEB_SOCKET_VERSION: string = '13';

/**
 * What is wrong with the request of a handshake, as far as `node:http` lets it pass and `ws` does
 * not look (RFC 6455, 4.2.1; RFC 9112, 3.2); null when nothing is. Of a body `node:http` would
 * hand on the bytes as if they were frames.
 */
export function handshakeProblem(request: IncomingMessage): string | null {
  const { headers, headersDistinct } = request;
  const hosts = headersDistinct.host?.length ?? 0;
  if (hosts !== 1) return `${hosts} Host headers; allowed: one`;
  const length = headers['content-length'] ?? '0';
  if (length !== '0' || headers['transfer-encoding'] !== undefined) {
    return 'a handshake with a body; allowed: none';
  }
  return null;
}
