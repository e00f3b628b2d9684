/** RFC 6455, 5.5.1 and 7: the closing handshake. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer } from './conformance-server.ts';
import { BINARY, CLOSE, closeFrame, eachByte, frame, isCloseCode, PING, TEXT } from './frame.ts';
import { pingMessage, type RawClient } from './raw-client.ts';

const server = new ConformanceServer();

const VALID = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000,
  4008, 4500, 4999,
];
const INVALID = [
  0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 5001, 32_768, 65_535,
];

/** Ten errors: the server begins to close, with 4500. */
function makeServerClose(client: RawClient): void {
  client.write(...Array.from({ length: 10 }, () => frame(TEXT, 'no JSON')));
}

describe('7.1.5: a close', () => {
  test('without a body is answered without one, and TCP ends', async () => {
    const client = await server.open();
    client.write(frame(CLOSE));
    expect(await client.closed()).toMatchObject({ code: null, reason: '' });
  });

  test.each(VALID)('with code %i is answered with the same', async (code) => {
    expect(isCloseCode(code)).toBe(true);
    const client = await server.open();
    client.write(closeFrame(code));
    expect((await client.closed()).code).toBe(code);
  });

  test.each(INVALID)(
    '7.4.2: with code %i, which nobody may send, closes with 1002',
    async (code) => {
      expect(isCloseCode(code)).toBe(false);
      const client = await server.open();
      client.write(closeFrame(code, 'why'));
      expect((await client.closed()).code).toBe(1002);
    },
  );

  test('5.5.1: with a body of one byte closes with 1002', async () => {
    const client = await server.open();
    client.write(frame(CLOSE, Buffer.of(0x03)));
    expect((await client.closed()).code).toBe(1002);
  });

  test('with a reason of 123 bytes, and one in other letters', async () => {
    for (const reason of ['r'.repeat(123), 'τέλος', '\u{1f44b}']) {
      const client = await server.open();
      client.write(closeFrame(1000, reason));
      expect((await client.closed()).code).toBe(1000);
    }
  });

  test('5.5: with a reason of 124 bytes closes with 1002', async () => {
    const client = await server.open();
    client.write(closeFrame(1000, 'r'.repeat(124)));
    expect((await client.closed()).code).toBe(1002);
  });

  test.each(['ff', '80', 'c3', 'e282', 'eda080', 'c0af', '6f6bf09f93'])(
    '8.1: with a reason that is not UTF-8 (%s) closes with 1007',
    async (hex) => {
      const client = await server.open();
      client.write(closeFrame(1000, Buffer.from(hex, 'hex')));
      expect((await client.closed()).code).toBe(1007);
    },
  );

  test('byte by byte', async () => {
    const client = await server.open();
    await client.writeEach(eachByte(closeFrame(1000, 'slow')));
    expect((await client.closed()).code).toBe(1000);
  });
});

describe('5.5.1: after a close', () => {
  const behind = [
    frame(PING, 'late'),
    frame(TEXT, pingMessage('late')),
    frame(BINARY, 'late'),
    closeFrame(1001),
    frame(0xf, '', { rsv: 0b111, masked: false }),
    Buffer.from('no frame at all'),
  ];

  test('whatever else comes is not read', async () => {
    const client = await server.open();
    client.write(frame(PING, 'in time'), closeFrame(1000), ...behind);
    const { code, before } = await client.closed();
    expect(code).toBe(1000);
    expect(before.filter(({ kind }) => kind === 'pong')).toEqual([
      { kind: 'pong', payload: 'in time' },
    ]);
    expect(JSON.stringify(before)).not.toContain('late');
  });

  test('nor what comes in later segments', async () => {
    const client = await server.open();
    await client.writeEach([closeFrame(1000), ...behind]);
    const { code, before } = await client.closed();
    expect(code).toBe(1000);
    expect(JSON.stringify(before)).not.toContain('late');
  });

  test('nothing is published to the client, and the hub forgets it', async () => {
    await server.clientsLeft(0);
    const client = await server.open();
    client.write(frame(TEXT, '{"subscribe":["full","price","transactions","histogram"]}'));
    await client.message('transactions');
    client.write(closeFrame(1000));
    await client.closed();
    client.end();
    await server.clientsLeft(0);
  });
});

describe('7.1.2: a close of the server', () => {
  test('waits for the answer, then TCP ends', async () => {
    const [client, other] = [await server.open(), await server.open()];
    makeServerClose(client);
    expect(await client.next('close')).toMatchObject({ code: 4500 });
    await other.echo('meanwhile');
    expect(client.hasServerEnded).toBe(false);
    client.write(closeFrame(4500));
    await client.serverEnded();
  });

  test('is not followed by answers to what the client still sends', async () => {
    const client = await server.open();
    makeServerClose(client);
    client.write(frame(PING, 'late'), frame(TEXT, pingMessage('late')), closeFrame(4500));
    const { code, before } = await client.closed();
    expect(code).toBe(4500);
    expect(JSON.stringify(before)).not.toContain('late');
  });

  test('that crosses one of the client is the only one, whatever the client says', async () => {
    for (const crossing of [closeFrame(1000, 'me too'), frame(CLOSE)]) {
      const client = await server.open();
      makeServerClose(client);
      client.write(crossing);
      expect((await client.closed()).code).toBe(4500);
    }
  });

  test('7.1.7: that is answered with a broken frame ends TCP all the same', async () => {
    const client = await server.open();
    makeServerClose(client);
    client.write(closeFrame(1005));
    expect((await client.closed()).code).toBe(4500);
  });
});

describe('7.1.1: without a close', () => {
  test('a client that ends TCP is let go', async () => {
    await server.clientsLeft(0);
    const client = await server.open();
    client.end();
    await client.serverEnded();
    await server.clientsLeft(0);
  });

  test('a client that ends TCP within a frame or a message is let go', async () => {
    await server.clientsLeft(0);
    const message = frame(TEXT, pingMessage('never'));
    for (const sent of [message.subarray(0, 1), message.subarray(0, 9), message.subarray(0, -1)]) {
      const client = await server.open();
      client.write(sent);
      client.end();
      await client.serverEnded();
    }
    await server.clientsLeft(0);
  });

  test('a client that is cut off is let go', async () => {
    await server.clientsLeft(0);
    const client = await server.open();
    await client.echo('here');
    client.destroy();
    await server.clientsLeft(0);
  });
});
