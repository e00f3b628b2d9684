import { describe, expect, test } from 'vitest';
import { frameHeaderBytes, joined, textFrame } from '../../src/hub/frames.ts';
import { readFrames } from './frame-reader.ts';

describe('a text frame', () => {
  test.each([
    [0, [0x81, 0]],
    [1, [0x81, 1]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [127, [0x81, 126, 0, 127]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('of %i bytes has the shortest header that holds its length', (length, header) => {
    const payload = Buffer.alloc(length, 'x');
    const frame = textFrame(payload);
    expect([...frame.subarray(0, header.length)]).toEqual(header);
    expect(frame.subarray(header.length).equals(payload)).toBe(true);
    expect(frameHeaderBytes(length)).toBe(header.length);
    expect(readFrames(frame)).toEqual([{ fin: true, rsv1: false, opcode: 1, payload }]);
  });

  test('says when it is compressed', () => {
    expect(textFrame(Buffer.from([0]), true)).toEqual(Buffer.from([0xc1, 1, 0]));
  });

  test('alone is not copied; several follow one another', () => {
    const frames = [textFrame(Buffer.from('a')), textFrame(Buffer.from('b'))] as const;
    expect(joined([frames[0]])).toBe(frames[0]);
    expect(joined(frames)).toEqual(Buffer.from([0x81, 1, 0x61, 0x81, 1, 0x62]));
  });
});
