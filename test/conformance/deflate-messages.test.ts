/** RFC 7692, 6 and 7.2: what a client may send once permessage-deflate is agreed on. */
import { randomBytes } from 'node:crypto';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ConformanceServer, MESSAGE_BYTES_MAX } from './conformance-server.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closeFrame,
  eachByte,
  frame,
  PING,
  PONG,
  RSV1,
  RSV2,
  RSV3,
  TEXT,
} from './frame.ts';
import { deflated, deflatedFrame, pingMessage, type RawClient } from './raw-client.ts';

const server = new ConformanceServer();

const OFFER = 'Sec-WebSocket-Extensions: permessage-deflate';

const open = (): Promise<RawClient> => server.open([OFFER]);

/** A compressed message in fragments. */
function deflatedFragments(parts: readonly Buffer[], opcode = TEXT): Buffer[] {
  return parts.map((part, index) =>
    frame(index === 0 ? opcode : CONTINUATION, part, {
      fin: index === parts.length - 1,
      rsv: index === 0 ? RSV1 : 0,
    }),
  );
}

async function expectClosed(sent: readonly Buffer[], code: number): Promise<void> {
  const client = await open();
  client.write(...sent);
  expect((await client.closed()).code).toBe(code);
}

describe('7.2.2: a compressed message', () => {
  test('is read, and an uncompressed one as well', async () => {
    const client = await open();
    for (const echo of ['one', 'two', 'three']) {
      client.write(deflatedFrame(pingMessage(echo)));
      expect(await client.message('pong')).toMatchObject({ echo });
      await client.echo(`${echo}, plain`);
    }
  });

  test.each([0, 1, 2, 6, 9])('compressed at level %i', async (level) => {
    const client = await open();
    const bytes = deflateRawSync(pingMessage('level'), { level, finishFlush: zlib.Z_SYNC_FLUSH });
    client.write(frame(TEXT, bytes.subarray(0, -4), { rsv: RSV1 }));
    expect(await client.message('pong')).toMatchObject({ echo: 'level' });
  });

  test.each([
    ['filtered', zlib.Z_FILTERED],
    ['Huffman codes only', zlib.Z_HUFFMAN_ONLY],
    ['runs', zlib.Z_RLE],
    ['fixed codes', zlib.Z_FIXED],
  ])('compressed with the strategy: %s', async (_, strategy) => {
    const client = await open();
    const options = { strategy, finishFlush: zlib.Z_SYNC_FLUSH };
    const bytes = deflateRawSync(pingMessage('strategy'), options);
    client.write(frame(TEXT, bytes.subarray(0, -4), { rsv: RSV1 }));
    expect(await client.message('pong')).toMatchObject({ echo: 'strategy' });
  });

  test('7.2.3.4: whose last block says that it is the last, again and again', async () => {
    const client = await open();
    for (const echo of ['final', 'and final', 'once more']) {
      const final = Buffer.concat([deflateRawSync(pingMessage(echo)), Buffer.of(0)]);
      client.write(frame(TEXT, final, { rsv: RSV1 }));
      expect(await client.message('pong')).toMatchObject({ echo });
      client.write(deflatedFrame(pingMessage('between')));
      expect(await client.message('pong')).toMatchObject({ echo: 'between' });
    }
  });

  test('7.2.3.5: of two blocks', async () => {
    const client = await open();
    const [begin, end] = ['{"type":"ping",', '"timestamp":"blocks"}'];
    const first = deflateRawSync(begin, { finishFlush: zlib.Z_SYNC_FLUSH });
    client.write(frame(TEXT, Buffer.concat([first, deflated(end)]), { rsv: RSV1 }));
    expect(await client.message('pong')).toMatchObject({ echo: 'blocks' });
  });

  test('7.2.3.6: of no bytes, in both its forms', async () => {
    const client = await open();
    for (const empty of [Buffer.of(0x00), Buffer.alloc(0), deflated('')]) {
      client.write(frame(TEXT, empty, { rsv: RSV1 }));
      expect(await client.message('error')).toMatchObject({ code: 'INVALID_MESSAGE' });
    }
    await client.echo('goes on');
  });

  test('binary: answered with an error', async () => {
    const client = await open();
    client.write(frame(BINARY, deflated(randomBytes(100)), { rsv: RSV1 }));
    expect(await client.message('error')).toMatchObject({
      code: 'INVALID_MESSAGE',
      message: expect.stringMatching(/binary/),
    });
  });

  test('8 KB that nothing can compress', async () => {
    const client = await open();
    const noise = randomBytes(8192).toString('hex');
    client.write(deflatedFrame(`${pingMessage('noise').slice(0, -1)},"noise":"${noise}"}`));
    expect(await client.message('pong')).toMatchObject({ echo: 'noise' });
  });

  test('that uses the window of the one before it breaks what was agreed on: 1007', async () => {
    const client = await open();
    const first = pingMessage('window');
    client.write(deflatedFrame(first));
    await client.message('pong');
    client.write(deflatedFrame(first, Buffer.from(first)));
    expect((await client.closed()).code).toBe(1007);
  });
});

describe('6.1: a compressed message in fragments', () => {
  const bytes = deflated(pingMessage('fragments'));

  test('in every two of them', async () => {
    const client = await open();
    for (let at = 0; at <= bytes.length; at++) {
      client.write(...deflatedFragments([bytes.subarray(0, at), bytes.subarray(at)]));
      expect(await client.message('pong')).toMatchObject({ echo: 'fragments' });
    }
  });

  test('in fragments of one byte, with pings between them', async () => {
    const client = await open();
    const parts = deflatedFragments(eachByte(bytes));
    client.write(...parts.flatMap((part, i) => [frame(PING, `${i}`), part]));
    for (const index of parts.keys()) {
      expect((await client.next('pong')).payload).toBe(`${index}`);
    }
    expect(await client.message('pong')).toMatchObject({ echo: 'fragments' });
  });

  test('byte by byte over TCP', async () => {
    const client = await open();
    await client.writeEach(eachByte(Buffer.concat(deflatedFragments([bytes]))));
    expect(await client.message('pong')).toMatchObject({ echo: 'fragments' });
  });

  test('many messages in one segment keep their order', async () => {
    const client = await open();
    const echoes = Array.from({ length: 100 }, (_, i) => `${i}`);
    client.write(
      ...echoes.flatMap((echo, i) => [
        i % 2 === 0 ? deflatedFrame(pingMessage(echo)) : frame(TEXT, pingMessage(echo)),
        frame(PING, echo),
      ]),
    );
    client.write(frame(CLOSE));
    const { before } = await client.closed();
    const answers = before.flatMap((each) => {
      if (each.kind === 'pong') return [`ping ${each.payload}`];
      const { type, echo } = each.kind === 'text' ? JSON.parse(each.text) : {};
      return type === 'pong' ? [`message ${echo}`] : [];
    });
    expect(answers).toEqual(echoes.flatMap((echo) => [`message ${echo}`, `ping ${echo}`]));
  });
});

describe('6: RSV1 where it may not be closes with 1002', () => {
  const bytes = deflated('{}');
  const begin = frame(TEXT, bytes, { rsv: RSV1, fin: false });
  const cases: [string, Buffer[]][] = [
    ['a continuation of a compressed message', [begin, frame(CONTINUATION, '', { rsv: RSV1 })]],
    [
      'a continuation of an uncompressed one',
      [frame(TEXT, '{', { fin: false }), frame(CONTINUATION, bytes, { rsv: RSV1 })],
    ],
    ['a ping', [frame(PING, bytes, { rsv: RSV1 })]],
    ['a pong', [frame(PONG, bytes, { rsv: RSV1 })]],
    ['a close', [frame(CLOSE, '', { rsv: RSV1 })]],
    ['a ping between fragments', [begin, frame(PING, '', { rsv: RSV1 })]],
    ['a reserved opcode', [frame(0x3, bytes, { rsv: RSV1 })]],
    ['RSV2 beside it', [frame(TEXT, bytes, { rsv: RSV1 | RSV2 })]],
    ['RSV3 beside it', [frame(TEXT, bytes, { rsv: RSV1 | RSV3 })]],
    ['RSV2 alone', [frame(TEXT, bytes, { rsv: RSV2 })]],
  ];

  test.each(cases)('%s', (_, sent) => expectClosed(sent, 1002));

  test('a text, when the offer was declined', async () => {
    const client = await server.open([`${OFFER}; unknown`]);
    client.write(deflatedFrame('{}'));
    expect((await client.closed()).code).toBe(1002);
  });
});

describe('what cannot be read', () => {
  test.each(['07', 'ff', '0600', '63f80f', '6bad'])(
    'data that is no deflate (%s) closes with 1007',
    async (hex) => {
      await expectClosed([frame(TEXT, Buffer.from(hex, 'hex'), { rsv: RSV1 })], 1007);
    },
  );

  test('8.1: a text that is not UTF-8 once it is inflated closes with 1007', async () => {
    for (const hex of ['ff', 'c3', 'eda080', 'f4908080']) {
      await expectClosed([deflatedFrame(Buffer.from(hex, 'hex'))], 1007);
    }
  });

  test('a message that inflates to the largest length is read, one byte more closes with 1009', async () => {
    const client = await open();
    client.write(deflatedFrame(pingMessage('long').padEnd(MESSAGE_BYTES_MAX)));
    expect(await client.message('pong')).toMatchObject({ echo: 'long' });
    await expectClosed([deflatedFrame(pingMessage('long').padEnd(MESSAGE_BYTES_MAX + 1))], 1009);
  });

  test('a bomb of 50 MB in 50 KB closes with 1009, whole, in fragments, and in a binary', async () => {
    const bomb = deflated(Buffer.alloc(50_000_000, 0x20));
    expect(bomb.length).toBeLessThan(MESSAGE_BYTES_MAX);
    await expectClosed(deflatedFragments([bomb]), 1009);
    await expectClosed(deflatedFragments([bomb.subarray(0, 1000), bomb.subarray(1000)]), 1009);
    await expectClosed(deflatedFragments([bomb], BINARY), 1009);
  });

  test('others are served while bombs go off', async () => {
    const other = await open();
    const bomb = deflated(Buffer.alloc(10_000_000));
    const bombers = await Promise.all(Array.from({ length: 10 }, open));
    for (const bomber of bombers) bomber.write(...deflatedFragments([bomb]));
    other.write(deflatedFrame(pingMessage('meanwhile')));
    expect(await other.message('pong')).toMatchObject({ echo: 'meanwhile' });
    for (const bomber of bombers) expect((await bomber.closed()).code).toBe(1009);
  });
});

describe('what comes while the server inflates', () => {
  /** Inflated one after another: meanwhile whatever comes has to wait. */
  const slow = deflatedFragments(eachByte(deflated(randomBytes(20).toString('hex')))).slice(0, -1);
  /** All of it would be right by itself. */
  const behind = Buffer.concat([
    frame(PING, 'too late'),
    frame(TEXT, pingMessage('too late')),
    closeFrame(3000),
  ]);
  const cases: [string, Buffer][] = [
    ['the first two bytes of a frame out of turn', frame(BINARY).subarray(0, 2)],
    ['a close with a code that nobody may send', closeFrame(999)],
  ];

  test.each(cases)('is not read behind %s, wherever it is cut', async (_, wrong) => {
    const sent = Buffer.concat([wrong, behind]);
    for (let first = 1; first <= wrong.length; first++) {
      for (let second = first + 1; second < sent.length; second += 4) {
        const client = await open();
        await client.writeEach([
          Buffer.concat([...slow, sent.subarray(0, first)]),
          sent.subarray(first, second),
          sent.subarray(second),
        ]);
        const { code, before } = await client.closed();
        expect([first, second, code]).toEqual([first, second, 1002]);
        expect(JSON.stringify(before)).not.toContain('too late');
        client.destroy();
      }
    }
  });
});

describe('the server: every byte read strictly, window and all', () => {
  const offers = [
    '',
    '; server_no_context_takeover',
    ...[9, 12, 15].map((bits) => `; server_max_window_bits=${bits}`),
    '; server_max_window_bits=10; server_no_context_takeover',
  ];

  test.each(offers)('permessage-deflate%s', async (parameters) => {
    const client = await server.open([`${OFFER}${parameters}`]);
    const choices = ['["price","transactions"]', '["histogram","full"]', '["confirmed"]'];
    for (const choice of choices) {
      client.write(frame(TEXT, `{"subscribe":${choice}}`));
      await client.echo('a private message, not compressed');
      for (let i = 0; i < 2; i++) await client.next('text', ({ compressed }) => compressed);
      client.write(frame(TEXT, '{"unsubscribe":"full"}'));
    }
  });
});
