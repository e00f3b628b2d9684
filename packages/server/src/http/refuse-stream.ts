import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer } from './answer.ts';
import { COMMON_HEADERS } from './security-headers.ts';

/** Answers an upgrade that is refused with plain HTTP, and ends the connection. */
export function refuse(stream: Duplex, answer: Answer): void {
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    'connection: close',
    `content-length: ${answer.body.length}`,
    ...Object.entries({ ...COMMON_HEADERS, ...answer.headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ];
  // Whoever is refused may be gone already; there is nobody left to tell.
  stream.on('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  stream.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), answer.body]));
}
