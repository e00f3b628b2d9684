/** Keys and tokens: how they are shown, and what follows when one is not taken. */
import { describe, expect, test } from 'vitest';
import type { ConnectOptions } from '../src/index.ts';
import { refusal } from './fakes/fake-server.ts';
import { Rig } from './fakes/rig.ts';
import { settle } from './fakes/settle.ts';

type Token = NonNullable<ConnectOptions['token']>;

async function withToken(token: Token): Promise<Rig> {
  const rig = new Rig({ token });
  rig.server.restAnswer = refusal(500, 'SERVER_ERROR');
  rig.tide.price();
  await settle();
  return rig;
}

/** Gives one after the other, and the last again and again. */
function series(...tokens: (string | null)[]): { token: Token; asked: () => number } {
  let asked = 0;
  const token = (): string | null => tokens[Math.min(asked++, tokens.length - 1)]!;
  return { token, asked: () => asked };
}

function throwAtOnce(): string {
  throw new Error('nobody is logged in');
}

function offered(rig: Rig): (readonly string[])[] {
  return rig.sockets.all.map(({ protocols }) => protocols.slice(1));
}

test('a token is offered beside the protocol, and with each question', async () => {
  const rig = await withToken('abc.DEF-1_2~3');
  expect(rig.sockets.all[0]!.protocols).toEqual(['tidegauge.v1', 'tidegauge.auth.abc.DEF-1_2~3']);
  rig.server.isUp = false;
  rig.server.connection().cut();
  await rig.untilRetry();
  rig.server.isUp = true;
  await rig.fail(3);
  await rig.pass(1_000);
  expect(rig.http.asked.length).toBeGreaterThan(3);
  for (const { headers, url } of rig.http.asked) {
    expect(headers).toEqual({ authorization: 'Bearer abc.DEF-1_2~3' });
    expect(url.href).not.toContain('abc');
  }
});

test('without one there is no header', async () => {
  const rig = new Rig();
  rig.server.refusal = refusal(503, 'SERVER_FULL');
  rig.tide.price();
  await settle();
  expect(rig.http.asked[0]!.headers).toEqual({});
  expect(rig.sockets.all[0]!.protocols).toEqual([]);
});

test.each(['', 'with space', 'a\nb', 'ünsinn', 'a,b', 'x'.repeat(8193)])(
  'what can be no token is not sent, and not repeated: %j',
  async (token) => {
    const rig = await withToken(token);
    expect(rig.errors).toMatchObject([{ code: 'TOKEN_FAILED' }]);
    const { message } = rig.errors[0]!;
    expect(message).toContain('A-Z');
    if (token.length > 4) expect(message).not.toContain(token);
    expect([rig.sockets.all, rig.http.asked]).toEqual([[], []]);
  },
);

describe('a function', () => {
  test('is asked before each connection', async () => {
    const { token, asked } = series('one', 'two', 'three');
    const rig = await withToken(token);
    expect(asked()).toBe(1);
    rig.server.connection().cut();
    await rig.untilRetry();
    expect(offered(rig)).toEqual([['tidegauge.auth.one'], ['tidegauge.auth.two']]);
  });

  test('may say that there is none', async () => {
    const rig = await withToken(() => null);
    expect(offered(rig)).toEqual([[]]);
    expect(rig.tide.status.state).toBe('live');
  });

  test('may take its time', async () => {
    let give!: (token: string) => void;
    const rig = await withToken(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    await rig.pass(20_000);
    expect(rig.sockets.all).toEqual([]);
    expect(rig.tide.status.state).toBe('connecting');
    give('late');
    await settle();
    expect(offered(rig)).toEqual([['tidegauge.auth.late']]);
  });

  const failing: [string, string, Token][] = [
    ['throws', 'no network for tokens', () => Promise.reject(new Error('no network for tokens'))],
    ['throws at once', 'nobody is logged in', throwAtOnce],
    ['gives what is none', 'A-Z', () => 'not a token'],
  ];
  test.each(failing)('that %s is asked again later', async (_, words, token) => {
    const rig = await withToken(token);
    expect(rig.errors).toMatchObject([{ code: 'TOKEN_FAILED', fatal: false }]);
    expect(rig.errors[0]!.message).toContain(words);
    expect(rig.errors[0]!.cause).toBeInstanceOf(Error);
    expect(rig.retryInMs).toBe(2_000);
    await rig.untilRetry();
    expect(rig.tide.status.failures).toBe(2);
    expect(rig.sockets.all).toEqual([]);
  });

  test('is not waited for once nobody wants anything', async () => {
    let give!: (token: string) => void;
    const rig = new Rig({
      token: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    const price = rig.tide.price();
    await settle();
    price.close();
    await settle();
    expect(rig.clock.pending).toBe(0);
    give('late');
    await settle();
    expect(rig.sockets.all).toEqual([]);
  });
});

describe('a token that ends', () => {
  test('is followed at once by the next', async () => {
    const { token } = series('one', 'two');
    const rig = await withToken(token);
    rig.server.price();
    rig.server.connection().send({ type: 'error', code: 'UNAUTHORIZED', message: 'ended' });
    rig.server.connection().cut(4501, 'the token has expired');
    await settle();
    expect(offered(rig)).toEqual([['tidegauge.auth.one'], ['tidegauge.auth.two']]);
    expect(rig.tide.status.state).toBe('live');
    expect(rig.errors).toEqual([]);
  });

  test('by the same one: for good', async () => {
    const rig = await withToken(() => 'one');
    rig.server.connection().cut(4501, 'the token has expired');
    await settle();
    expect(rig.errors).toMatchObject([{ code: 'UNAUTHORIZED', fatal: true }]);
    expect(rig.tide.status.state).toBe('closed');
    expect(rig.sockets.all).toHaveLength(1);
    await rig.pass(600_000);
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('that was given as a text: for good', async () => {
    const rig = await withToken('one');
    rig.server.connection().cut(4501, 'the token has expired');
    await settle();
    expect(rig.errors).toMatchObject([{ code: 'UNAUTHORIZED', fatal: true, closeCode: 4501 }]);
    expect(rig.tide.status.state).toBe('closed');
  });

  test('again and again, each with another: not faster and faster', async () => {
    let count = 0;
    const rig = await withToken(() => `token${count++}`);
    for (let n = 0; n < 3; n += 1) {
      rig.server.connection().cut(4501, 'the token has expired');
      await settle();
    }
    expect(rig.sockets.all.length).toBeLessThanOrEqual(3);
    expect(rig.retryInMs).toBeGreaterThan(1_000);
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
  });

  test('as often as it likes, when each was of use', async () => {
    let count = 0;
    const rig = await withToken(() => `token${count++}`);
    for (let n = 1; n < 6; n += 1) {
      await rig.passWithPrices(60_000);
      rig.server.connection().cut(4501, 'the token has expired');
      await settle();
      expect(rig.sockets.all).toHaveLength(n + 1);
    }
    expect(rig.errors).toEqual([]);
  });

  test('and starts anew when told to', async () => {
    const rig = await withToken(() => 'one');
    rig.server.connection().cut(4501);
    await settle();
    rig.tide.retry();
    await settle();
    expect(rig.tide.status.state).toBe('live');
  });
});

describe('a token that the handshake is refused with', () => {
  test('is followed at once by the next', async () => {
    const { token } = series('one', 'two');
    const rig = new Rig({ token });
    rig.server.tokens = ['two'];
    const beganMs = rig.clock.nowMs();
    rig.tide.price();
    await settle();
    expect(rig.tide.status.state).toBe('live');
    expect(rig.errors).toEqual([]);
    expect(offered(rig)).toEqual([['tidegauge.auth.one'], ['tidegauge.auth.two']]);
    expect(rig.clock.nowMs()).toBe(beganMs);
  });

  test('by the same one: for good, in the server’s words', async () => {
    const rig = new Rig({ token: () => 'one' });
    rig.server.tokens = ['other'];
    rig.tide.price();
    await settle();
    expect(rig.errors).toMatchObject([{ code: 'UNAUTHORIZED', fatal: true }]);
    expect(rig.sockets.all).toHaveLength(1);
  });

  test('by ever others: later and later, until one is taken', async () => {
    let count = 0;
    const rig = new Rig({ token: () => `token${count++}` });
    rig.server.tokens = ['other'];
    rig.tide.price();
    await rig.pass(60_000);
    expect(rig.sockets.all.length).toBeLessThan(8);
    expect(rig.errors).toEqual([]);
    rig.server.tokens = null;
    await rig.untilRetry();
    expect(rig.tide.status.state).toBe('live');
  });
});
