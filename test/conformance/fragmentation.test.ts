/** RFC 6455, 5.4: messages in fragments, and what may stand between them. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer, FRAGMENTS_MAX } from './conformance-server.ts';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  closeFrame,
  eachByte,
  fragments,
  frame,
  PING,
  PONG,
  TEXT,
} from './frame.ts';
import { pingMessage } from './raw-client.ts';

const server = new ConformanceServer();

const MESSAGE = pingMessage('fragment');

/** Every way to cut in two, the empty halves included. */
function halves(text: string): [string, string][] {
  return Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
}

describe('5.4: a message', () => {
  test('in every two fragments', async () => {
    const client = await server.open();
    for (const parts of halves(MESSAGE)) {
      client.write(...fragments(TEXT, parts));
      expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
    }
  });

  test('in fragments of one byte', async () => {
    const client = await server.open();
    client.write(...fragments(TEXT, eachByte(MESSAGE)));
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
  });

  test('with empty fragments before, between and after', async () => {
    const client = await server.open();
    client.write(...fragments(TEXT, ['', '', MESSAGE.slice(0, 9), '', MESSAGE.slice(9), '', '']));
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
    client.write(...fragments(TEXT, ['', '', '']));
    expect(await client.message('error')).toMatchObject({ code: 'INVALID_MESSAGE' });
  });

  test('in every two segments of TCP', async () => {
    const client = await server.open();
    const whole = frame(TEXT, MESSAGE);
    for (let at = 1; at < whole.length; at++) {
      await client.writeEach([whole.subarray(0, at), whole.subarray(at)]);
      expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
    }
  });

  test('in fragments, each byte of them in a segment of its own', async () => {
    const client = await server.open();
    const parts = [MESSAGE.slice(0, 7), '', MESSAGE.slice(7)];
    await client.writeEach(eachByte(Buffer.concat(fragments(TEXT, parts))));
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
  });

  test('many, in one segment', async () => {
    const client = await server.open();
    const echoes = Array.from({ length: 200 }, (_, i) => `${i}`);
    client.write(...echoes.flatMap((echo) => fragments(TEXT, eachByte(pingMessage(echo)))));
    for (const echo of echoes) expect(await client.message('pong')).toMatchObject({ echo });
  });

  test(`in ${FRAGMENTS_MAX} fragments is read, in one more closes with 1008`, async () => {
    const client = await server.open();
    const parts = eachByte(MESSAGE.padEnd(FRAGMENTS_MAX));
    expect(parts).toHaveLength(FRAGMENTS_MAX);
    client.write(...fragments(TEXT, parts));
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
    client.write(...fragments(TEXT, [...parts, ' ']));
    expect((await client.closed()).code).toBe(1008);
  });

  test('in endless fragments, all of them empty, closes with 1008', async () => {
    const client = await server.open();
    client.write(frame(TEXT, '', { fin: false }));
    const empty = frame(CONTINUATION, '', { fin: false });
    client.write(...Array.from({ length: FRAGMENTS_MAX }, () => empty));
    expect((await client.closed()).code).toBe(1008);
  });
});

describe('5.4: out of turn', () => {
  const begin = frame(TEXT, '{"type"', { fin: false });
  const ended = fragments(TEXT, ['{"type"', ':"ping"}']);
  const cases: [string, Buffer[]][] = [
    ['a continuation of nothing', [frame(CONTINUATION, '{}')]],
    ['an empty continuation of nothing', [frame(CONTINUATION)]],
    ['a continuation of nothing that is not the last', [frame(CONTINUATION, '', { fin: false })]],
    ['a continuation behind a whole message', [frame(TEXT, MESSAGE), frame(CONTINUATION, '{}')]],
    ['a continuation behind the last fragment', [...ended, frame(CONTINUATION, '{}')]],
    ['a continuation behind a ping', [frame(PING), frame(CONTINUATION, '{}')]],
    ['a text within a text', [begin, frame(TEXT, '{}')]],
    ['another beginning within a text', [begin, begin]],
    ['a binary within a text', [begin, frame(BINARY, '{}')]],
    ['a text within a binary', [frame(BINARY, '', { fin: false }), frame(TEXT, '{}')]],
    ['a text within a text, behind a ping', [begin, frame(PING), frame(TEXT, '{}')]],
  ];

  test.each(cases)('%s closes with 1002', async (_, frames) => {
    const client = await server.open();
    client.write(...frames);
    expect((await client.closed()).code).toBe(1002);
  });
});

describe('5.4: control frames between fragments', () => {
  test('a ping is answered at once, before the message is whole', async () => {
    const client = await server.open();
    const [begin, end] = fragments(TEXT, [MESSAGE.slice(0, 5), MESSAGE.slice(5)]);
    client.write(begin!, frame(PING, 'between'));
    expect((await client.next('pong')).payload).toBe('between');
    client.write(end!);
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
  });

  test('all answers come in the order of the questions', async () => {
    const client = await server.open();
    const parts = fragments(TEXT, eachByte(MESSAGE));
    const sent = parts.flatMap((part, i) => [frame(PING, `${i}`), part, frame(PONG, 'unasked')]);
    client.write(...sent, frame(PING, 'last'));
    for (const index of parts.keys()) {
      expect((await client.next('pong')).payload).toBe(`${index}`);
    }
    expect(await client.message('pong')).toMatchObject({ echo: 'fragment' });
    expect((await client.next('pong')).payload).toBe('last');
  });

  test('a close between fragments is answered, and the message is never read', async () => {
    const client = await server.open();
    const [begin, end] = fragments(TEXT, [MESSAGE.slice(0, 5), MESSAGE.slice(5)]);
    client.write(begin!, closeFrame(1000), end!);
    const { code, before } = await client.closed();
    expect(code).toBe(1000);
    expect(before.filter((each) => each.kind === 'text' && each.text.includes('"pong"'))).toEqual(
      [],
    );
  });

  test('an error of a control frame between fragments closes with 1002', async () => {
    const begin = frame(TEXT, '{"type"', { fin: false });
    for (const wrong of [frame(PING, '', { fin: false }), frame(CLOSE, 'x'), frame(0xb)]) {
      const client = await server.open();
      client.write(begin, wrong);
      expect((await client.closed()).code).toBe(1002);
    }
  });
});
