/** RFC 7692, 5.1 and 7.1: which offers of permessage-deflate are taken, and on which terms. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer } from './conformance-server.ts';
import { type Answer, handshakeLines, type RawClient, requestOf } from './raw-client.ts';

const server = new ConformanceServer();

/** What clients send is short: the server asks them to begin each message with an empty window. */
const NO_TAKEOVER = 'client_no_context_takeover';
const SMALL_WINDOW = 'client_max_window_bits=10';

async function offer(...headers: string[]): Promise<[RawClient, Answer]> {
  const client = server.connect();
  const lines = headers.map((header) => `Sec-WebSocket-Extensions: ${header}`);
  client.write(requestOf([...handshakeLines(), ...lines]));
  return [client, await client.answer()];
}

/** The agreed parameters in the order of the alphabet; null without compression. */
function agreed({ headers }: Answer): string[] | null {
  const header = headers.get('sec-websocket-extensions');
  if (header === undefined) return null;
  const [name, ...parameters] = header.split('; ');
  expect(name).toBe('permessage-deflate');
  return parameters.toSorted();
}

/** Whether what is published comes compressed; the strict reader inflates it. */
async function isCompressed(client: RawClient): Promise<boolean> {
  const { compressed } = await client.next('text', ({ text }) => text.includes('price_update'));
  return compressed;
}

type Case = [string, string[]];

describe('7.1: taken', () => {
  const cases: Case[] = [
    ['permessage-deflate', []],
    ['permessage-deflate; client_max_window_bits', [SMALL_WINDOW]],
    ['permessage-deflate; client_max_window_bits=15', [SMALL_WINDOW]],
    ['permessage-deflate; client_max_window_bits=10', [SMALL_WINDOW]],
    ['permessage-deflate; client_max_window_bits=9', ['client_max_window_bits=9']],
    ['permessage-deflate; client_max_window_bits=8', ['client_max_window_bits=8']],
    ['permessage-deflate; server_no_context_takeover', ['server_no_context_takeover']],
    ['permessage-deflate; client_no_context_takeover', []],
    [
      'permessage-deflate; client_no_context_takeover; server_no_context_takeover',
      ['server_no_context_takeover'],
    ],
    ...['9', '10', '11', '12', '13', '14', '15'].map(
      (bits): Case => [
        `permessage-deflate; server_max_window_bits=${bits}`,
        [`server_max_window_bits=${bits}`],
      ],
    ),
    [
      'permessage-deflate; server_max_window_bits="12"; client_max_window_bits="11"',
      [SMALL_WINDOW, 'server_max_window_bits=12'],
    ],
    [
      'permessage-deflate;server_no_context_takeover;server_max_window_bits=15',
      ['server_max_window_bits=15', 'server_no_context_takeover'],
    ],
    [' permessage-deflate \t;  client_max_window_bits ', [SMALL_WINDOW]],
    ['x-webkit-deflate-frame, permessage-deflate; client_max_window_bits', [SMALL_WINDOW]],
    ['permessage-bzip2; level=9; x="y", permessage-deflate', []],
  ];

  test.each(cases)('%s', async (header, parameters) => {
    const [client, answer] = await offer(header);
    expect(agreed(answer)).toEqual([...parameters, NO_TAKEOVER].toSorted());
    expect(await isCompressed(client)).toBe(true);
    await client.echo('not compressed, which is always allowed');
  });

  test('server_max_window_bits=8, for which zlib cannot compress: all goes uncompressed', async () => {
    const [client, answer] = await offer('permessage-deflate; server_max_window_bits=8');
    expect(agreed(answer)).toEqual([NO_TAKEOVER, 'server_max_window_bits=8']);
    expect(await isCompressed(client)).toBe(false);
  });

  test('5.1: the first offer that can be taken, in the order of preference', async () => {
    const [, first] = await offer(
      'permessage-deflate; server_max_window_bits=12, permessage-deflate',
    );
    expect(agreed(first)).toEqual([NO_TAKEOVER, 'server_max_window_bits=12']);
    const [, second] = await offer(
      'permessage-deflate; server_max_window_bits=16, permessage-deflate; unknown, ' +
        'permessage-deflate; server_max_window_bits=13, permessage-deflate',
    );
    expect(agreed(second)).toEqual([NO_TAKEOVER, 'server_max_window_bits=13']);
  });

  test('RFC 6455, 9.1: offers in two headers are one list', async () => {
    const [client, answer] = await offer(
      'permessage-deflate; unknown',
      'permessage-deflate; server_no_context_takeover',
    );
    expect(agreed(answer)).toEqual([NO_TAKEOVER, 'server_no_context_takeover']);
    expect(await isCompressed(client)).toBe(true);
  });
});

describe('7.1: declined, and the connection goes uncompressed', () => {
  const declined = [
    'permessage-bzip2',
    'x-webkit-deflate-frame',
    'permessage-deflate-2',
    'PerMessage-Deflate2; client_max_window_bits',
    'permessage-deflate; unknown',
    'permessage-deflate; unknown=1',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; server_no_context_takeover=true',
    'permessage-deflate; client_no_context_takeover=0',
    'permessage-deflate; client_no_context_takeover="x"',
    'permessage-deflate; server_max_window_bits',
    ...['0', '7', '16', '08', '015', '+9', '-9', '9.0', '1e1', '0x9', 'x', '100'].flatMap(
      (bits) => [
        `permessage-deflate; server_max_window_bits=${bits}`,
        `permessage-deflate; client_max_window_bits=${bits}`,
      ],
    ),
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; client_no_context_takeover; client_no_context_takeover',
    'permessage-deflate; server_max_window_bits=10; server_max_window_bits=10',
    'permessage-deflate; client_max_window_bits; client_max_window_bits=10',
  ];

  test.each(declined)('%s', async (header) => {
    const [client, answer] = await offer(header);
    expect([answer.status, agreed(answer)]).toEqual([101, null]);
    expect(await isCompressed(client)).toBe(false);
  });
});

describe('RFC 6455, 9.1: what breaks the grammar fails the handshake', () => {
  const malformed = [
    ';',
    '=',
    '"permessage-deflate"',
    'permessage-deflate;',
    'permessage-deflate; ;client_max_window_bits',
    'permessage-deflate client_max_window_bits',
    'permessage-deflate; client_max_window_bits=',
    'permessage-deflate; client_max_window_bits=""',
    'permessage-deflate; client_max_window_bits="10',
    'permessage-deflate; client_max_window_bits=1 0',
    'permessage-deflate; client_max_window_bits=10=10',
    'permessage-deflate; client_max_window_bits="1;0"',
    'permessage-deflate=1',
    'permessage-deflate; (x)',
    'permessage/deflate',
  ];

  test.each(malformed)('%s', async (header) => {
    const [client, { status, body }] = await offer(header);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'BAD_UPGRADE' } });
    await client.serverEnded();
  });
});
