/** RFC 6455, 5.1 to 5.3: the header of a frame, masks and lengths. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer, MESSAGE_BYTES_MAX } from './conformance-server.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  eachByte,
  type FrameChanges,
  fragments,
  frame,
  type LengthBits,
  PING,
  PONG,
  TEXT,
} from './frame.ts';
import { pingMessage } from './raw-client.ts';

const server = new ConformanceServer();

const ANY_OPCODE = [TEXT, BINARY, CLOSE, PING, PONG];
const RESERVED_OPCODES = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf];
const RESERVED_BITS = [0b001, 0b010, 0b011, 0b100, 0b101, 0b110, 0b111];

/** A message of this many bytes that the server answers. */
function paddedPing(timestamp: string, bytes: number): string {
  return pingMessage(timestamp).padEnd(bytes);
}

async function expectClosed(sent: Buffer, code: number): Promise<void> {
  const client = await server.open();
  client.write(sent);
  expect((await client.closed()).code).toBe(code);
}

describe('5.2: reserved bits, without an extension', () => {
  test.each(RESERVED_BITS)('%i closes with 1002, whatever the opcode', async (rsv) => {
    for (const opcode of ANY_OPCODE) await expectClosed(frame(opcode, '', { rsv }), 1002);
  });

  test.each(RESERVED_BITS)('%i in a continuation closes with 1002', async (rsv) => {
    const begin = frame(TEXT, '{"type"', { fin: false });
    await expectClosed(Buffer.concat([begin, frame(CONTINUATION, ':1}', { rsv })]), 1002);
  });
});

describe('5.2: reserved opcodes', () => {
  test.each(RESERVED_OPCODES)('%i closes with 1002, with and without a payload', async (opcode) => {
    await expectClosed(frame(opcode), 1002);
    await expectClosed(frame(opcode, 'payload'), 1002);
    await expectClosed(frame(opcode, '', { fin: false }), 1002);
  });
});

describe('5.1: masks', () => {
  test.each(ANY_OPCODE)('an unmasked frame with opcode %i closes with 1002', async (opcode) => {
    await expectClosed(frame(opcode, '', { masked: false }), 1002);
    await expectClosed(frame(opcode, '{}', { masked: false }), 1002);
  });

  test('an unmasked continuation closes with 1002', async () => {
    const begin = frame(TEXT, '{"type"', { fin: false });
    const rest = frame(CONTINUATION, ':1}', { masked: false });
    await expectClosed(Buffer.concat([begin, rest]), 1002);
  });

  test('5.3: any key, a new one for each frame', async () => {
    const client = await server.open();
    for (const key of ['00000000', 'ffffffff', '00000001', '80000000', '12345678']) {
      const changes = { maskKey: Buffer.from(key, 'hex') };
      client.write(frame(TEXT, pingMessage(key), changes));
      expect(await client.message('pong')).toMatchObject({ echo: key });
    }
  });
});

describe('5.2: lengths', () => {
  test('0: an empty text is a message, and no JSON', async () => {
    const client = await server.open();
    client.write(frame(TEXT));
    expect(await client.message('error')).toMatchObject({ code: 'INVALID_MESSAGE' });
    await client.echo('goes on');
  });

  const LENGTHS = [124, 125, 126, 127, 128, 65_534, 65_535, 65_536];

  test.each(LENGTHS)('%i bytes, whole and cut after each byte of the header', async (bytes) => {
    const client = await server.open();
    const message = frame(TEXT, paddedPing('x', bytes));
    client.write(message);
    expect(await client.message('pong')).toMatchObject({ echo: 'x' });
    const headerBytes = message.length - bytes;
    const header = eachByte(message.subarray(0, headerBytes));
    await client.writeEach([...header, message.subarray(headerBytes)]);
    expect(await client.message('pong')).toMatchObject({ echo: 'x' });
  });

  test.each(LENGTHS)('%i bytes in two fragments', async (bytes) => {
    const client = await server.open();
    const text = paddedPing('x', bytes);
    client.write(...fragments(TEXT, [text.slice(0, 40), text.slice(40)]));
    expect(await client.message('pong')).toMatchObject({ echo: 'x' });
  });

  test('one byte over the largest message closes with 1009, in one frame or in several', async () => {
    const text = paddedPing('x', MESSAGE_BYTES_MAX + 1);
    await expectClosed(frame(TEXT, text), 1009);
    await expectClosed(Buffer.concat(fragments(TEXT, [text.slice(0, -1), ' '])), 1009);
    await expectClosed(frame(BINARY, text), 1009);
  });

  const UNPAYABLE = [
    2n ** 16n + 1n,
    2n ** 31n,
    2n ** 32n,
    2n ** 32n + 1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 63n - 1n,
  ];

  test.each(UNPAYABLE)(
    'a header that promises %i bytes closes with 1009 at once',
    async (length) => {
      await expectClosed(frame(TEXT, '', { declaredLength: length }), 1009);
      await expectClosed(frame(BINARY, '', { declaredLength: length }), 1009);
    },
  );

  test.each([2n ** 63n, 2n ** 63n + 5n, 2n ** 64n - 1n])(
    'the highest bit of a length, as in %i, closes with 1009',
    async (length) => {
      await expectClosed(frame(TEXT, '{}', { declaredLength: length }), 1009);
    },
  );

  test('a payload that is promised and never comes holds nothing up', async () => {
    const [silent, other] = [await server.open(), await server.open()];
    silent.write(frame(TEXT, '', { declaredLength: BigInt(MESSAGE_BYTES_MAX) }));
    await other.echo('not held up');
  });

  // Senders must take the shortest form; of receivers the RFC asks nothing, and `ws` is lenient.
  const LONG_FORMS: [number, LengthBits][] = [
    [30, 16],
    [30, 64],
    [125, 16],
    [126, 64],
    [65_535, 64],
  ];

  test.each(LONG_FORMS)('%i bytes said in %i bits are read as they are', async (bytes, bits) => {
    const client = await server.open();
    const changes: FrameChanges = { lengthBits: bits };
    client.write(frame(TEXT, paddedPing('', bytes), changes));
    expect(await client.message('pong')).toMatchObject({ echo: '' });
  });
});

test('5.6: a binary message is answered with an error, and the connection goes on', async () => {
  const client = await server.open();
  const binaries = [
    [frame(BINARY)],
    [frame(BINARY, pingMessage('x'))],
    [frame(BINARY, Buffer.from([0xff, 0xfe, 0x80]))],
    fragments(BINARY, ['{"type"', ':"ping"}']),
  ];
  for (const binary of binaries) {
    client.write(...binary);
    expect(await client.message('error')).toMatchObject({
      code: 'INVALID_MESSAGE',
      message: expect.stringMatching(/binary/),
    });
  }
  await client.echo('goes on');
});
