/** RFC 6455, 8.1 and 5.6: texts are UTF-8 (RFC 3629), whole or in any pieces. */
import { describe, expect, test } from 'vitest';
import { ConformanceServer } from './conformance-server.ts';
import { CONTINUATION, fragments, frame, PING, TEXT } from './frame.ts';
import { pingMessage } from './raw-client.ts';

const server = new ConformanceServer();

const GOOD: [string, string][] = [
  ['two bytes', '\u00e9\u07ff\u0080'],
  ['three bytes', '\u0800\u20ac\ud7ff\ue000\uffff'],
  ['four bytes', '\u{10000}\u{1f4c8}\u{10ffff}'],
  ['code points that are no characters', '\ufffe\uffff\u{1fffe}\ufdd0'],
  ['a byte order mark within', 'a\ufeffb'],
  ['a word', 'κόσμε'],
];

const BAD: [string, string][] = [
  ['a lone continuation', '80'],
  ['the last continuation', 'bf'],
  ['two continuations', '80bf'],
  ['a start of two without its end', 'c3'],
  ['a start of three without its end', 'e282'],
  ['a start of four without its end', 'f09f93'],
  ['a start before a letter', 'c361'],
  ['an overlong slash in two bytes', 'c0af'],
  ['an overlong slash in three', 'e080af'],
  ['an overlong slash in four', 'f08080af'],
  ['an overlong NUL', 'c080'],
  ['the highest overlong of two', 'c1bf'],
  ['the highest overlong of three', 'e09fbf'],
  ['the highest overlong of four', 'f08fbfbf'],
  ['the first high surrogate', 'eda080'],
  ['the last low surrogate', 'edbfbf'],
  ['a pair of surrogates', 'eda081edb080'],
  ['one over the last code point', 'f4908080'],
  ['a start of five', 'f888808080'],
  ['a start of six', 'fc8480808080'],
  ['fe', 'fe'],
  ['ff', 'ff'],
];

/** Every way to cut in two. */
function halves(bytes: Buffer): Buffer[][] {
  return Array.from({ length: bytes.length + 1 }, (_, at) => [
    bytes.subarray(0, at),
    bytes.subarray(at),
  ]);
}

describe.each(GOOD)('8.1: %s', (_, text) => {
  test('whole', async () => {
    const client = await server.open();
    await client.echo(text);
  });

  test('in fragments cut inside of code points', async () => {
    const client = await server.open();
    for (const parts of halves(Buffer.from(pingMessage(text)))) {
      const [begin, end] = fragments(TEXT, parts);
      client.write(begin!, frame(PING), end!);
      expect(await client.message('pong')).toMatchObject({ echo: text });
    }
  });

  test('in segments cut inside of code points', async () => {
    const client = await server.open();
    const whole = frame(TEXT, pingMessage(text));
    for (const parts of halves(whole)) {
      await client.writeEach(parts.filter(({ length }) => length > 0));
      expect(await client.message('pong')).toMatchObject({ echo: text });
    }
  });
});

describe.each(BAD)('8.1: %s closes with 1007', (_, hex) => {
  const bad = Buffer.from(hex, 'hex');

  async function expectInvalid(...sent: Buffer[]): Promise<void> {
    const client = await server.open();
    client.write(...sent);
    expect((await client.closed()).code).toBe(1007);
  }

  test('alone, within a text and at its end', async () => {
    await expectInvalid(frame(TEXT, bad));
    const quoted = Buffer.concat([Buffer.from('{"type":"'), bad, Buffer.from('"}')]);
    await expectInvalid(frame(TEXT, quoted));
    const long = Buffer.concat([Buffer.from(pingMessage('x').padEnd(1000)), bad]);
    await expectInvalid(frame(TEXT, long));
  });

  test('cut over two fragments', async () => {
    for (const parts of halves(bad)) await expectInvalid(...fragments(TEXT, parts));
  });
});

test('8.1: halves of a code point in two messages are two broken messages', async () => {
  const client = await server.open();
  const [high, low] = [Buffer.from([0xe2, 0x82]), Buffer.from([0xac])];
  client.write(frame(TEXT, high), frame(TEXT, low));
  expect((await client.closed()).code).toBe(1007);
});

test('8.1: what ends a broken text is not read any more', async () => {
  const client = await server.open();
  const begin = frame(TEXT, Buffer.from([0xff]), { fin: false });
  client.write(begin, frame(CONTINUATION), frame(TEXT, pingMessage('never')));
  const { code, before } = await client.closed();
  expect(code).toBe(1007);
  expect(JSON.stringify(before)).not.toContain('never');
});
