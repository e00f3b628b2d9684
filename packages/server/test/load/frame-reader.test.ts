import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../src/load/frame-reader.ts';

/** A server's frame, with whatever first byte. */
function frame(first: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const head =
    body.length < 126
      ? Buffer.from([first, body.length])
      : body.length < 65_536
        ? Buffer.from([first, 126, body.length >> 8, body.length & 255])
        : Buffer.from([
            first,
            127,
            0,
            0,
            0,
            0,
            0,
            ...[16, 8, 0].map((n) => (body.length >> n) & 255),
          ]);
  return Buffer.concat([head, body]);
}

const TEXT = 0x81;
const CLOSE = 0x88;

/** What a reader finds in bytes that come in pieces of that length. */
function found(
  bytes: Buffer,
  pieceBytes: number,
  keptBytesMax = Number.POSITIVE_INFINITY,
): string[] {
  const events: string[] = [];
  const reader = new FrameReader(
    {
      message: (from, start, end, payloadBytes, compressed) => {
        const text = from.toString('utf8', start, end);
        events.push(`message ${text} ${payloadBytes}${compressed ? ' compressed' : ''}`);
      },
      ping: (data) => void events.push(`ping ${data.toString()}`),
      close: (code) => void events.push(`close ${code}`),
      broken: (problem) => void events.push(`broken: ${problem}`),
    },
    keptBytesMax,
  );
  // Each piece lies in the midst of other bytes, which are used again at once.
  const shared = Buffer.alloc(pieceBytes + 2, 0xff);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const copied = bytes.copy(shared, 1, at, at + pieceBytes);
    reader.read(shared, 1, 1 + copied);
    shared.fill(0xff);
  }
  return events;
}

describe('reading frames', () => {
  const stream = Buffer.concat([
    frame(TEXT, 'one'),
    frame(TEXT, ''),
    frame(0x01, 'be'),
    frame(0x89, 'are you there'),
    frame(0x00, ''),
    frame(0x00, 'twe'),
    frame(0x8a, 'nobody asked'),
    frame(0x80, 'en'),
    frame(0xc1, 'squeezed'),
    frame(CLOSE, Buffer.from([0x03, 0xf4, 0x6f, 0x6b])),
    frame(TEXT, 'after the end'),
  ]);
  const events = [
    'message one 3',
    'message  0',
    'ping are you there',
    'message between 7',
    'message squeezed 8 compressed',
    'close 1012',
  ];

  test.each([1, 2, 3, 5, 7, 1000])('in pieces of %i bytes', (pieceBytes) => {
    expect(found(stream, pieceBytes)).toEqual(events);
  });

  test.each([125, 126, 127, 65_535, 65_536])('a message of %i bytes', (length) => {
    const bytes = Buffer.concat([frame(TEXT, 'x'.repeat(length)), frame(TEXT, 'next')]);
    for (const pieceBytes of [1, 4096, bytes.length]) {
      expect(found(bytes, pieceBytes, 3)).toEqual([`message xxx ${length}`, 'message nex 4']);
    }
  });

  test('a close frame without a code is 1005', () => {
    expect(found(frame(CLOSE, ''), 10)).toEqual(['close 1005']);
  });
});

describe('what RFC 6455 forbids ends the reading', () => {
  test.each([
    ['a masked frame', Buffer.from([TEXT, 0x83, 1, 2, 3, 4, 5, 6, 7])],
    ['a reserved bit', frame(0xa1, 'x')],
    ['the opcode 3', frame(0x83, 'x')],
    ['the opcode 11', frame(0x8b, 'x')],
    ['a fragmented control frame', frame(0x09, 'x')],
    ['a control frame over 125 bytes', frame(0x89, 'x'.repeat(126))],
    ['a compressed frame that begins no message', frame(0xc9, 'x')],
    ['a message inside another one', Buffer.concat([frame(0x01, 'a'), frame(TEXT, 'b')])],
    ['a continuation of nothing', frame(0x80, 'x')],
    ['a close frame with the code 0', frame(CLOSE, 'x')],
    ['a close frame with the code 1006', frame(CLOSE, Buffer.from([0x03, 0xee]))],
    ['a close frame with the code 5000', frame(CLOSE, Buffer.from([0x13, 0x88]))],
  ])('%s', (problem, bytes) => {
    const events = found(Buffer.concat([bytes, frame(TEXT, 'later')]), 1000);
    expect(events).toEqual([`broken: ${problem}`]);
  });
});
