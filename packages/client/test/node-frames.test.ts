/** What a client makes of a server's bytes: RFC 6455, 5 to 8, by the number of the section. */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  eachByte,
  type FrameChanges,
  frame,
  PING,
  PONG,
  RSV1,
  RSV2,
  RSV3,
  readHeader,
  readPayload,
  TEXT,
} from '../../../test/conformance/frame.ts';
import {
  clientFrame,
  closePayload,
  FrameReader,
  type Incoming,
  OPCODE,
} from '../src/node-frames.ts';

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const RUNS = 2_000;

function server(opcode: number, payload: string | Buffer = '', changes: FrameChanges = {}): Buffer {
  return frame(opcode, payload, { masked: false, ...changes });
}

function serverClose(code: number, reason: string | Buffer = ''): Buffer {
  return server(CLOSE, Buffer.concat([closePayload(code), Buffer.from(reason)]));
}

function readAll(chunks: readonly Buffer[], reader: FrameReader = new FrameReader()): Incoming[] {
  return chunks.flatMap((chunk) => reader.push(chunk));
}

/** Reads the frames at once and by the byte, which has to come to the same. */
function read(...frames: readonly Buffer[]): Incoming[] {
  const bytes = Buffer.concat(frames);
  const found = readAll([bytes]);
  expect(readAll(eachByte(bytes))).toEqual(found);
  return found;
}

describe('messages', () => {
  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('of %d bytes (5.2)', (length) => {
    const text = 'x'.repeat(length);
    expect(read(server(TEXT, text), server(TEXT, 'next'))).toEqual([
      { kind: 'text', text },
      { kind: 'text', text: 'next' },
    ]);
  });

  test('binary ones are told from text', () => {
    const payload = Buffer.from([0xff, 0x00]);
    expect(read(server(BINARY, payload))).toEqual([{ kind: 'binary', payload }]);
  });

  test('in fragments, with control frames in between (5.4)', () => {
    const found = read(
      server(TEXT, 'one ', { fin: false }),
      server(PING, 'a'),
      server(CONTINUATION, '', { fin: false }),
      server(PONG, 'b'),
      server(CONTINUATION, 'two'),
      server(TEXT, 'three'),
    );
    expect(found).toEqual([
      { kind: 'ping', payload: Buffer.from('a') },
      { kind: 'pong', payload: Buffer.from('b') },
      { kind: 'text', text: 'one two' },
      { kind: 'text', text: 'three' },
    ]);
  });

  test('a character cut by fragments, and a byte order mark, come as they were sent (8.1)', () => {
    const text = '\ufeffκόσμε \u{1f4c8}';
    const frames = eachByte(text).map((byte, index, all) =>
      server(index === 0 ? TEXT : CONTINUATION, byte, { fin: index === all.length - 1 }),
    );
    expect(read(...frames)).toEqual([{ kind: 'text', text }]);
  });

  test('a ping of 125 bytes', () => {
    const payload = Buffer.alloc(125, 'p');
    expect(read(server(PING, payload))).toEqual([{ kind: 'ping', payload }]);
  });
});

describe('the end', () => {
  test.each([1000, 1001, 1012, 1014, 3000, 4008, 4999])('code %d', (code) => {
    expect(read(serverClose(code, 'reconnect after 17 ms'))).toEqual([
      { kind: 'close', code, reason: 'reconnect after 17 ms' },
    ]);
  });

  test('no code is 1005 (7.1.5)', () => {
    expect(read(server(CLOSE))).toEqual([{ kind: 'close', code: 1005, reason: '' }]);
  });

  test('within a message', () => {
    const found = read(server(TEXT, 'half', { fin: false }), serverClose(1001));
    expect(found).toEqual([{ kind: 'close', code: 1001, reason: '' }]);
  });

  test('nothing is read after it', () => {
    expect(read(serverClose(1000), server(TEXT, 'late'))).toHaveLength(1);
    expect(read(server(0x3), server(TEXT, 'late'))).toHaveLength(1);
  });
});

const LENGTH_TOO_LARGE = { declaredLength: 2n ** 63n, lengthBits: 64 } as const;

const FAULTS: [what: string, code: number, frames: Buffer[]][] = [
  ['a mask (5.1)', 1002, [server(TEXT, 'x', { masked: true })]],
  ['an empty mask (5.1)', 1002, [server(TEXT, 'x', { masked: true, maskKey: Buffer.alloc(4) })]],
  ['reserved bit 1 (5.2)', 1002, [server(TEXT, 'x', { rsv: RSV1 })]],
  ['reserved bit 2 (5.2)', 1002, [server(TEXT, 'x', { rsv: RSV2 })]],
  ['reserved bit 3 (5.2)', 1002, [server(PING, '', { rsv: RSV3 })]],
  ...[0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf].map(
    (opcode): [string, number, Buffer[]] => [`opcode ${opcode} (5.2)`, 1002, [server(opcode)]],
  ),
  ['125 in 16 bits (5.2)', 1002, [server(TEXT, 'x'.repeat(125), { lengthBits: 16 })]],
  ['65,535 in 64 bits (5.2)', 1002, [server(TEXT, 'x'.repeat(65_535), { lengthBits: 64 })]],
  ['a length of 2^63 (5.2)', 1002, [server(TEXT, '', LENGTH_TOO_LARGE)]],
  ['a ping of 126 bytes (5.5)', 1002, [server(PING, 'x'.repeat(126))]],
  ['a ping in fragments (5.5)', 1002, [server(PING, '', { fin: false })]],
  ['a continuation of nothing (5.4)', 1002, [server(CONTINUATION, 'x')]],
  ['a second end of a message (5.4)', 1002, [server(TEXT, 'x'), server(CONTINUATION, 'x')]],
  ['text in text (5.4)', 1002, [server(TEXT, 'x', { fin: false }), server(TEXT, 'x')]],
  ['binary in text (5.4)', 1002, [server(TEXT, 'x', { fin: false }), server(BINARY, 'x')]],
  ['a close of one byte (5.5.1)', 1002, [server(CLOSE, 'x')]],
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000].map((code): [string, number, Buffer[]] => [
    `close code ${code} (7.4)`,
    1002,
    [serverClose(code)],
  ]),
  ['a reason that is not UTF-8', 1007, [serverClose(1000, Buffer.from([0xc3]))]],
  ['text that is not UTF-8 (8.1)', 1007, [server(TEXT, Buffer.from('eda080', 'hex'))]],
  ['text that breaks off (8.1)', 1007, [server(TEXT, Buffer.from('f09f93', 'hex'))]],
  ['16 MiB and a byte', 1009, [server(TEXT, '', { declaredLength: 2n ** 24n + 1n })]],
  ['more than can be counted', 1009, [server(TEXT, '', { declaredLength: 2n ** 63n - 1n })]],
];

describe('what a server must not send', () => {
  test.each(FAULTS)('%s', (what, code, frames) => {
    const found = read(server(TEXT, 'good'), ...frames).filter(({ kind }) => kind !== 'text');
    const section = /\([\d.]+\)/.exec(what)?.[0] ?? '';
    const reason = expect.stringContaining(code === 1002 ? section : '');
    expect(found).toEqual([{ kind: 'fault', code, reason }]);
  });

  test('a message over the limit, by its fragments together', () => {
    const reader = new FrameReader(null, 10);
    const parts = [
      server(TEXT, '12345', { fin: false }),
      server(CONTINUATION, '67890', { fin: false }),
    ];
    expect(readAll(parts, reader)).toEqual([]);
    expect(readAll([server(CONTINUATION, '1')], reader)).toMatchObject([{ code: 1009 }]);
    const exact = [...parts, server(CONTINUATION, ''), server(TEXT, '1234567890')];
    expect(readAll(exact, new FrameReader(null, 10))).toEqual([
      { kind: 'text', text: '1234567890' },
      { kind: 'text', text: '1234567890' },
    ]);
  });
});

/** Frames that are mostly right, so that damage is found at any depth. */
const anyFrame = fc
  .record({
    opcode: fc.constantFrom(TEXT, TEXT, TEXT, BINARY, CONTINUATION, PING, PONG, CLOSE),
    fin: fc.boolean(),
    payload: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme' })),
  })
  .map(({ opcode, fin, payload }) => server(opcode, Buffer.from(payload), { fin }));

const damagedStream = fc
  .tuple(
    fc.array(anyFrame, { minLength: 1, maxLength: 8 }).map((frames) => Buffer.concat(frames)),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
  )
  .map(([bytes, changes]) => {
    const damaged = Buffer.from(bytes);
    for (const [at, value] of changes) damaged[at % damaged.length] = value;
    return damaged;
  });

describe('any bytes', () => {
  test('come to the same however they are cut, and end with at most one fault', () => {
    const property = fc.property(
      damagedStream,
      fc.array(fc.nat(), { maxLength: 9 }),
      (bytes, at) => {
        const whole = readAll([bytes]);
        const cuts = [0, ...at.map((each) => each % bytes.length).sort((a, b) => a - b)];
        const chunks = cuts.map((cut, index) => bytes.subarray(cut, cuts[index + 1]));
        expect(readAll(chunks)).toEqual(whole);
        expect(readAll(eachByte(bytes))).toEqual(whole);
        const ends = whole.findIndex(({ kind }) => kind === 'fault' || kind === 'close');
        if (ends >= 0) expect(ends).toBe(whole.length - 1);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: RUNS });
  });

  test('of noise never throw', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      readAll([Buffer.from(bytes)]);
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
  });
});

describe('what a client sends', () => {
  test.each([0, 1, 3, 125, 126, 65_535, 65_536])('%d bytes, masked (5.3)', (length) => {
    const payload = Buffer.alloc(length, 'tide');
    const bytes = clientFrame(OPCODE.text, payload, Buffer.from([1, 2, 3, 250]));
    const header = readHeader(bytes)!;
    expect(header).toMatchObject({ fin: true, rsv: 0, opcode: TEXT, masked: true });
    expect(readPayload(bytes, header)).toEqual(payload);
    expect(bytes).toEqual(frame(TEXT, payload, { maskKey: Buffer.from([1, 2, 3, 250]) }));
  });

  test('a close with and without a code', () => {
    const maskKey = Buffer.alloc(4, 7);
    const bytes = clientFrame(OPCODE.close, closePayload(4001), maskKey);
    expect(bytes).toEqual(frame(CLOSE, Buffer.from([0x0f, 0xa1]), { maskKey }));
    expect(closePayload(null)).toHaveLength(0);
  });
});
