import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Compression,
  handshakeRequest,
  newNonce,
  readHandshakeAnswer,
} from '../../src/load/client-handshake.ts';
import { RandomBytes } from '../../src/load/random-bytes.ts';

const NONCE = 'dGhlIHNhbXBsZSBub25jZQ==';
/** The example of RFC 6455, 1.3. */
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
const GOOD = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: WebSocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Accept: ${ACCEPT}`,
];

function answer(lines: readonly string[], rest = '', compression: Compression = 'on'): unknown {
  return readHandshakeAnswer(
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n${rest}`),
    NONCE,
    compression,
  );
}

describe('the request', () => {
  const terms = { host: 'example.org:8000', path: '/ws/mempool', key: null } as const;

  test('names the host and offers what is asked for', () => {
    const text = handshakeRequest({ ...terms, compression: 'on', key: 'k3y' }, NONCE);
    expect(text).toMatch(/^GET \/ws\/mempool HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n$/);
    expect(text).toContain('\r\nHost: example.org:8000\r\n');
    expect(text).toContain(`\r\nSec-WebSocket-Key: ${NONCE}\r\n`);
    expect(text).toContain('\r\nAuthorization: Bearer k3y\r\n');
    expect(text).toContain('permessage-deflate; client_max_window_bits');
  });

  test('offers no takeover, or nothing at all', () => {
    const request = (compression: Compression) => handshakeRequest({ ...terms, compression }, '');
    expect(request('no-takeover')).toContain('server_no_context_takeover');
    expect(request('off')).not.toMatch(/extensions|authorization/i);
  });

  test('every nonce is another one, of 16 bytes', () => {
    const random = new RandomBytes();
    const nonces = new Set(Array.from({ length: 1000 }, () => newNonce(random)));
    expect(nonces.size).toBe(1000);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  });
});

describe('the answer', () => {
  test('opens, and says where frames begin', () => {
    expect(answer(GOOD, '\x81\x01a')).toEqual({
      kind: 'open',
      end: GOOD.join('\r\n').length + 4,
      compressed: false,
      takeover: false,
    });
    expect(hash('sha1', `${NONCE}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')).toBe(ACCEPT);
  });

  test('is waited for', () => {
    expect(readHandshakeAnswer(Buffer.from('HTTP/1.1 101 Sw'), NONCE, 'on').kind).toBe('part');
    const refused = ['HTTP/1.1 503 Service Unavailable', 'Content-Length: 40'];
    expect(answer(refused, '{"error"')).toEqual({ kind: 'part' });
  });

  test.each([
    ['permessage-deflate', true],
    ['permessage-deflate; server_no_context_takeover; client_max_window_bits=15', false],
  ])('agrees on %s', (extension, takeover) => {
    const lines = [...GOOD, `Sec-WebSocket-Extensions: ${extension}`];
    expect(answer(lines)).toMatchObject({ compressed: true, takeover });
  });

  test('of a refusal names status and code', () => {
    const body = '{"error":{"code":"FULL","message":"no"}}';
    const lines = ['HTTP/1.1 503 Service Unavailable', `Content-Length: ${body.length}`];
    expect(answer(lines, body)).toEqual({ kind: 'failed', reason: 'HTTP 503 FULL' });
    expect(answer(['HTTP/1.1 404 Not Found'])).toEqual({ kind: 'failed', reason: 'HTTP 404' });
  });

  const without = (name: string): string[] => GOOD.filter((line) => !line.startsWith(name));

  test.each([
    ['no HTTP/1.1', ['SSH-2.0-OpenSSH']],
    ['no Upgrade: websocket', without('Upgrade')],
    ['no Connection: Upgrade', without('Connection')],
    ['a wrong Sec-WebSocket-Accept', [...without('Sec-'), 'Sec-WebSocket-Accept: x']],
    ['a subprotocol that nobody offered', [...GOOD, 'Sec-WebSocket-Protocol: v2']],
    ['the extension x-other, which nobody offered', [...GOOD, 'Sec-WebSocket-Extensions: x-other']],
  ])('with %s is none', (what, lines) => {
    expect(answer(lines)).toEqual({ kind: 'failed', reason: `bad handshake: ${what}` });
  });

  test('may not compress what was offered without compression, or take over what was refused', () => {
    const lines = [...GOOD, 'Sec-WebSocket-Extensions: permessage-deflate'];
    expect(answer(lines, '', 'off')).toMatchObject({ kind: 'failed' });
    expect(answer(lines, '', 'no-takeover')).toMatchObject({ kind: 'failed' });
  });
});
