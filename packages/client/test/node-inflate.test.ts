/** Compressed messages (RFC 7692), as a client reads them. */
import { randomBytes, randomInt } from 'node:crypto';
import process from 'node:process';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONTINUATION,
  eachByte,
  frame,
  PING,
  RSV1,
  TEXT,
} from '../../../test/conformance/frame.ts';
import { FrameReader, type Incoming } from '../src/node-frames.ts';
import { Inflater, readDeflateAnswer } from '../src/node-inflate.ts';

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const TAIL_BYTES = 4;

/** What a server does to its messages; with a dictionary those before may be referred to. */
function deflated(text: string | Buffer, dictionary = Buffer.alloc(0)): Buffer {
  const bytes = deflateRawSync(Buffer.from(text), {
    finishFlush: zlib.Z_SYNC_FLUSH,
    ...(dictionary.length > 0 ? { dictionary } : {}),
  });
  return bytes.subarray(0, bytes.length - TAIL_BYTES);
}

function compressed(payload: Buffer, fin = true): Buffer {
  return frame(TEXT, payload, { masked: false, rsv: RSV1, fin });
}

function plain(opcode: number, payload: string | Buffer, fin = true): Buffer {
  return frame(opcode, payload, { masked: false, fin });
}

function reader({ isShared = true, bytesMax = 1_000_000 } = {}): FrameReader {
  return new FrameReader(new Inflater({ isShared }), bytesMax);
}

function read(frames: readonly Buffer[], options = {}): Incoming[] {
  const bytes = Buffer.concat(frames);
  const found = reader(options).push(bytes);
  const byTheByte = reader(options);
  expect(eachByte(bytes).flatMap((byte) => byTheByte.push(byte))).toEqual(found);
  return found;
}

function texts(found: readonly Incoming[]): string[] {
  return found.map((each) => (each.kind === 'text' ? each.text : each.kind));
}

describe('what the server may answer', () => {
  test.each([
    ['permessage-deflate', true],
    ['permessage-deflate; client_no_context_takeover', true],
    ['permessage-deflate;server_max_window_bits=9 ; client_no_context_takeover', true],
    ['permessage-deflate; server_no_context_takeover', false],
  ])('%s', (answer, isShared) => {
    expect(readDeflateAnswer(answer)).toEqual({ isShared });
  });

  test.each([
    '',
    'x-webkit-deflate-frame',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; client_max_window_bits=10',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; client_no_context_takeover; client_no_context_takeover',
    'permessage-deflate; level=9',
    'permessage-deflate;',
  ])('not "%s"', (answer) => {
    expect(readDeflateAnswer(answer)).toBeNull();
  });
});

describe('messages', () => {
  test('each by itself', () => {
    const frames = ['one', 'two', ''].map((text) => compressed(deflated(text)));
    expect(texts(read(frames, { isShared: false }))).toEqual(['one', 'two', '']);
  });

  test('beside some that are not compressed', () => {
    const frames = [compressed(deflated('one')), plain(TEXT, 'two'), compressed(deflated('three'))];
    expect(texts(read(frames))).toEqual(['one', 'two', 'three']);
  });

  test('in fragments, of which only the first says so', () => {
    const bytes = deflated('in several parts');
    const frames = [
      compressed(bytes.subarray(0, 3), false),
      plain(PING, ''),
      plain(CONTINUATION, bytes.subarray(3)),
    ];
    expect(texts(read(frames))).toEqual(['ping', 'in several parts']);
  });

  test('whose compression ends with a last block (7692, 7.2.3.4)', () => {
    const last = Buffer.concat([deflateRawSync('one'), Buffer.of(0)]);
    expect(texts(read([compressed(last), compressed(deflated('two'))]))).toEqual(['one', 'two']);
  });

  test('that refer to the oldest of 32 KiB before', () => {
    // zlib keeps 262 of its bytes for looking ahead.
    const before = randomBytes(32_768);
    const again = before.subarray(262, 562);
    const bytes = deflated(again, before);
    expect(bytes.length).toBeLessThan(again.length / 2);
    const inflater = new Inflater({ isShared: true });
    expect(inflater.inflate(deflated(before), 1e6)).toEqual(before);
    expect(inflater.inflate(bytes, 1e6)).toEqual(again);
  });

  test('that refer to those before, whatever they are', () => {
    const message = fc.oneof(
      fc.string({ maxLength: 50 }),
      fc.integer({ min: 1, max: 40_000 }).map((length) => 'tide '.repeat(length / 5)),
      fc.string({ minLength: 50, maxLength: 200 }).map((text) => text.repeat(400)),
    );
    const property = fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      let window = Buffer.alloc(0);
      const frames = messages.map((text) => {
        const bytes = deflated(text, window);
        window = Buffer.concat([window, Buffer.from(text)]).subarray(-32_768);
        return compressed(bytes);
      });
      const one = reader();
      expect(texts(frames.flatMap((each) => one.push(each)))).toEqual(messages);
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  });
});

describe('what a server must not send', () => {
  test.each<[string, number, Buffer[]]>([
    ['what is not deflated', 1007, [compressed(Buffer.from('not deflated'))]],
    ['text that is not UTF-8 inside', 1007, [compressed(deflated(Buffer.of(0xff)))]],
    ['a reference to what never was', 1007, [compressed(deflated('tide', Buffer.from('tide')))]],
    [
      'a continuation that says so',
      1002,
      [compressed(deflated('a'), false), frame(CONTINUATION, '', { masked: false, rsv: RSV1 })],
    ],
    ['a compressed ping', 1002, [frame(PING, '', { masked: false, rsv: RSV1 })]],
  ])('%s', (_, code, frames) => {
    expect(read(frames)).toEqual([{ kind: 'fault', code, reason: expect.stringMatching(/\w/) }]);
  });

  test('a message that is too large only when inflated', () => {
    const bomb = deflated(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(read([compressed(bomb)])).toMatchObject([{ kind: 'fault', code: 1009 }]);
    expect(texts(read([compressed(deflated('12345'))], { bytesMax: 10 }))).toEqual(['12345']);
  });

  test('any compressed message where none was agreed on', () => {
    expect(new FrameReader().push(compressed(deflated('x')))).toMatchObject([{ code: 1002 }]);
  });
});

test('damage never throws', () => {
  const damaged = fc
    .tuple(fc.string({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(255))
    .map(([text, at, value]) => {
      const bytes = deflated(text);
      bytes[at % bytes.length] = value;
      return compressed(bytes);
    });
  const property = fc.property(fc.array(damaged, { maxLength: 4 }), (frames) => {
    reader().push(Buffer.concat(frames));
  });
  fc.assert(property, { seed: SEED, numRuns: 2_000 });
});
