/** RFC 6455, 5.5: pings and pongs, and the form of control frames. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer } from './conformance-server.ts';
import { CLOSE, eachByte, frame, PING, PONG } from './frame.ts';

const server = new ConformanceServer();

const NAMES: [string, number][] = [
  ['close', CLOSE],
  ['ping', PING],
  ['pong', PONG],
];
/** 1000 and a reason; of a ping and a pong any bytes do. */
const BODY = Buffer.from([0x03, 0xe8, 0x6f, 0x6b]);

describe.each(NAMES)('5.5: a %s', (_, opcode) => {
  async function expectWrong(sent: Buffer): Promise<void> {
    const client = await server.open();
    client.write(sent);
    expect((await client.closed()).code).toBe(1002);
  }

  test('in fragments closes with 1002', async () => {
    await expectWrong(frame(opcode, '', { fin: false }));
    await expectWrong(frame(opcode, BODY, { fin: false }));
  });

  test('of 126 bytes and more closes with 1002', async () => {
    for (const bytes of [126, 127, 65_535, 65_536]) {
      await expectWrong(frame(opcode, Buffer.concat([BODY, Buffer.alloc(bytes - 4, 0x61)])));
    }
  });

  test('whose length takes more than 7 bits closes with 1002, however short', async () => {
    await expectWrong(frame(opcode, BODY, { lengthBits: 16 }));
    await expectWrong(frame(opcode, BODY, { lengthBits: 64 }));
  });
});

describe('5.5.2: a ping', () => {
  test.each([0, 1, 2, 124, 125])('of %i bytes is answered with the same', async (bytes) => {
    const client = await server.open();
    const payload = Buffer.from(Array.from({ length: bytes }, (_, i) => 255 - i));
    client.write(frame(PING, payload));
    expect((await client.next('pong')).payload).toBe(payload.toString('latin1'));
  });

  test('need not be UTF-8', async () => {
    const client = await server.open();
    const payload = Buffer.from([0xff, 0x00, 0xc0, 0x80, 0xed, 0xa0, 0x80]);
    client.write(frame(PING, payload));
    expect((await client.next('pong')).payload).toBe(payload.toString('latin1'));
  });

  test('hundred of them at once are answered one by one, in their order', async () => {
    const client = await server.open();
    const numbers = Array.from({ length: 100 }, (_, i) => `${i}`);
    client.write(...numbers.map((number) => frame(PING, number)));
    for (const number of numbers) expect((await client.next('pong')).payload).toBe(number);
  });

  test('byte by byte', async () => {
    const client = await server.open();
    await client.writeEach(eachByte(frame(PING, 'slow')));
    expect((await client.next('pong')).payload).toBe('slow');
  });
});

describe('5.5.3: a pong that nobody asked for', () => {
  test.each([0, 125])('of %i bytes is not answered', async (bytes) => {
    const client = await server.open();
    const pong = frame(PONG, Buffer.alloc(bytes, 0xff));
    client.write(pong, pong, frame(PING, 'first'), pong, frame(PING, 'second'));
    expect((await client.next('pong')).payload).toBe('first');
    expect((await client.next('pong')).payload).toBe('second');
  });
});
