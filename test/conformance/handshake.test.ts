/** RFC 6455, 4: the opening handshake, as a server has to read it and to answer. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer } from './conformance-server.ts';
import { closeFrame, eachByte, fragments, frame, PING, TEXT } from './frame.ts';
import { handshakeLines, pingMessage, requestOf } from './raw-client.ts';

const server = new ConformanceServer();

/** A right handshake with one of its lines (the one that begins like this) replaced by others. */
function withLines(begin: string, ...lines: string[]): string[] {
  return handshakeLines().flatMap((line) => (line.startsWith(begin) ? lines : [line]));
}

function withValue(header: string, value: string): string[] {
  return withLines(`${header}:`, `${header}: ${value}`);
}

function without(header: string): string[] {
  return withLines(`${header}:`);
}

/** All headers changed, the request line left alone. */
function eachHeader(change: (line: string) => string): string[] {
  return handshakeLines().map((line, index) => (index === 0 ? line : change(line)));
}

const upperName = (line: string): string => line.replace(/^[^:]+/, (name) => name.toUpperCase());
const lowerName = (line: string): string => line.replace(/^[^:]+/, (name) => name.toLowerCase());

type Case = [string, string[]];

describe('4.2.1: accepted', () => {
  const cases: Case[] = [
    ['what stands in the RFC', handshakeLines()],
    ['the other address', handshakeLines('/ws/heatmap')],
    ['an address with a query', handshakeLines('/ws/mempool?from=test')],
    ['names of headers in lower case', eachHeader(lowerName)],
    ['names of headers in upper case', eachHeader(upperName)],
    ['Upgrade: WebSocket', withValue('Upgrade', 'WebSocket')],
    ['Upgrade: WEBSOCKET', withValue('Upgrade', 'WEBSOCKET')],
    ['Connection: upgrade', withValue('Connection', 'upgrade')],
    ['Connection: keep-alive, Upgrade', withValue('Connection', 'keep-alive, Upgrade')],
    ['Connection: UPGRADE,keep-alive', withValue('Connection', 'UPGRADE,keep-alive')],
    [
      'Connection in two lines',
      withLines('Connection', 'Connection: keep-alive', 'Connection: Upgrade'),
    ],
    ['headers that nobody knows', [...handshakeLines(), 'X-Unknown: 1', 'Sec-WebSocket-New: 2']],
    ['no space before values', eachHeader((line) => line.replace(': ', ':'))],
    ['spaces and tabs around values', eachHeader((line) => `${line.replace(': ', ':\t ')} \t`)],
    ['a host with a port', withValue('Host', 'localhost:8000')],
    ['an empty host (RFC 9112, 3.2)', withValue('Host', '')],
    ['a body of no bytes', [...handshakeLines(), 'Content-Length: 0']],
    ['an empty line before it (RFC 9112, 2.2)', ['', ...handshakeLines()]],
  ];

  test.each(cases)('%s', async (_, lines) => {
    const client = server.connect();
    client.write(requestOf(lines));
    const { status, headers } = await client.answer();
    expect(status).toBe(101);
    // From the RFC, 1.3.
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(headers.has('sec-websocket-protocol')).toBe(false);
    expect(headers.has('sec-websocket-extensions')).toBe(false);
    await client.echo('open');
  });

  test('byte by byte', async () => {
    const client = server.connect();
    await client.writeEach(eachByte(requestOf(handshakeLines())));
    expect((await client.answer()).status).toBe(101);
    await client.echo('open');
  });

  test('frames that come along with it are read', async () => {
    const client = server.connect();
    client.write(
      requestOf(handshakeLines()),
      frame(PING, 'at once'),
      ...fragments(TEXT, eachByte(pingMessage('and this'))),
      closeFrame(1000),
    );
    expect((await client.answer()).status).toBe(101);
    expect((await client.next('pong')).payload).toBe('at once');
    expect(await client.message('pong')).toMatchObject({ echo: 'and this' });
    expect((await client.closed()).code).toBe(1000);
  });

  test('the handshake and half a frame, then the rest', async () => {
    const client = server.connect();
    const message = frame(TEXT, pingMessage('halves'));
    await client.writeEach([
      Buffer.concat([requestOf(handshakeLines()), message.subarray(0, 9)]),
      message.subarray(9),
    ]);
    await client.answer();
    expect(await client.message('pong')).toMatchObject({ echo: 'halves' });
  });

  test.each(['tidegauge.v1', 'other.v2,tidegauge.v1', ' other.v2 ,\ttidegauge.v1 , more'])(
    '4.2.2: of the subprotocols %j ours alone is taken',
    async (offered) => {
      const client = server.connect();
      client.write(requestOf([...handshakeLines(), `Sec-WebSocket-Protocol: ${offered}`]));
      const { status, headers } = await client.answer();
      expect([status, headers.get('sec-websocket-protocol')]).toEqual([101, 'tidegauge.v1']);
    },
  );

  test('4.2.2: subprotocols offered in two lines are one list', async () => {
    const client = server.connect();
    const offers = ['Sec-WebSocket-Protocol: other.v2', 'sec-websocket-protocol: tidegauge.v1'];
    client.write(requestOf([...handshakeLines(), ...offers]));
    expect((await client.answer()).headers.get('sec-websocket-protocol')).toBe('tidegauge.v1');
  });
});

describe('4.2.1: refused with 400', () => {
  const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
  const cases: Case[] = [
    ...['POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'].map(
      (method): Case => [
        `the method ${method}`,
        withLines('GET', `${method} /ws/mempool HTTP/1.1`),
      ],
    ),
    ...['abc', KEY.slice(0, -2), 'dGhlIHNhbXBsZSBub25j', 'dGhlIHNhbXBsZSBub25jZSE=', `${KEY}A`].map(
      (key): Case => [`the key ${key}`, withValue('Sec-WebSocket-Key', key)],
    ),
    ['a key that is no base64', withValue('Sec-WebSocket-Key', 'dGhl!HNhbXBsZSBub25jZQ==')],
    ['an empty key', withValue('Sec-WebSocket-Key', '')],
    ['no key', without('Sec-WebSocket-Key')],
    ['two keys', [...handshakeLines(), `Sec-WebSocket-Key: ${KEY}`]],
    ...['', '0', '7', '8', '12', '14', '255', '1.3', '+13', 'x', '13, 8'].map(
      (version): Case => [`version '${version}'`, withValue('Sec-WebSocket-Version', version)],
    ),
    ['no version', without('Sec-WebSocket-Version')],
    ['two versions', [...handshakeLines(), 'Sec-WebSocket-Version: 8']],
    ['no host', without('Host')],
    ['two hosts', [...handshakeLines(), 'Host: other']],
    ['a body', [...handshakeLines(), 'Content-Length: 5']],
    ['a body in chunks', [...handshakeLines(), 'Transfer-Encoding: chunked']],
    [
      'subprotocols with an empty one',
      [...handshakeLines(), 'Sec-WebSocket-Protocol: tidegauge.v1,'],
    ],
    ['subprotocols in quotes', [...handshakeLines(), 'Sec-WebSocket-Protocol: tidegauge.v1, "x"']],
    [
      'the same subprotocol twice',
      [...handshakeLines(), 'Sec-WebSocket-Protocol: tidegauge.v1, tidegauge.v1'],
    ],
  ];

  test.each(cases)('%s', async (_, lines) => {
    const client = server.connect();
    client.write(requestOf(lines));
    const { status, headers, body } = await client.answer();
    expect(status).toBe(400);
    expect(headers.get('connection')).toBe('close');
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'BAD_UPGRADE' } });
    await client.serverEnded();
  });

  test.each(['8', '14', 'x'])('4.4: version %s is told the one that there is', async (version) => {
    const client = server.connect();
    client.write(requestOf(withValue('Sec-WebSocket-Version', version)));
    expect((await client.answer()).headers.get('sec-websocket-version')).toBe('13');
  });
});

describe('4.2.1: what asks for no WebSocket gets 426 (RFC 9110, 15.5.22)', () => {
  const cases: Case[] = [
    ['no Upgrade', without('Upgrade')],
    ['Upgrade: h2c', withValue('Upgrade', 'h2c')],
    ['Upgrade: websocket/13', withValue('Upgrade', 'websocket/13')],
    ['no Connection', without('Connection')],
    ['Connection: close', withValue('Connection', 'close')],
    ['Connection: upgraded', withValue('Connection', 'upgraded')],
    ['HTTP/1.0, whose Upgrade does not count', withLines('GET', 'GET /ws/mempool HTTP/1.0')],
  ];

  test.each(cases)('%s', async (_, lines) => {
    const client = server.connect();
    client.write(requestOf(lines));
    const { status, headers } = await client.answer();
    expect([status, headers.get('upgrade')]).toEqual([426, 'websocket']);
  });
});

describe('what is no HTTP/1.1 is refused with 400', () => {
  const cases: Case[] = [
    ['a version that HTTP never had', withLines('GET', 'GET /ws/mempool HTTP/1.2')],
    ['a folded header (RFC 9112, 5.2)', [...handshakeLines(), 'X-Folded: a', ' b']],
    ['a space before a colon (RFC 9112, 5.1)', [...handshakeLines(), 'X-Space : a']],
    ['a control character in a value', [...handshakeLines(), 'X-Nul: \x00']],
    ['headers without end', [...handshakeLines(), `X-Long: ${'x'.repeat(100_000)}`]],
    ['the preface of HTTP/2', ['PRI * HTTP/2.0', '', 'SM']],
    ['the beginning of TLS', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']],
    ['frames without a handshake', [frame(PING, 'x').toString('latin1')]],
    ['nothing that makes sense', ['\xff\xfe\x00\x01']],
  ];

  test.each(cases)('%s', async (_, lines) => {
    const client = server.connect();
    client.write(requestOf(lines));
    expect((await client.answer()).status).toBe(400);
    await client.serverEnded();
  });
});

test('half a handshake and no more leaves nothing behind', async () => {
  await server.clientsLeft(0);
  const request = requestOf(handshakeLines());
  for (const bytes of [0, 1, 20, request.length - 1]) {
    const client = server.connect();
    client.write(request.subarray(0, bytes));
    client.end();
    await client.serverEnded();
  }
  await server.clientsLeft(0);
});
