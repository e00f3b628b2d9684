import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { remoteKeys } from '../../src/access/remote-keys.ts';
import { Tokens, type TokenVerdict } from '../../src/access/tokens.ts';
import { FakeClock, FakeLog } from '../hub-fakes.ts';

const ANY = { issuer: null, audience: null };
const secret = randomBytes(32);

function signed(
  payload: JWTPayload,
  key: Parameters<SignJWT['sign']>[0] = secret,
  header: JWTHeaderParameters = { alg: 'HS256' },
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('with a secret', () => {
  const clock = new FakeClock();
  const nowSec = Math.floor(clock.nowSec());
  const tokens = Tokens.withSecret(secret, ANY, clock);

  test('a token in time is valid until its end and the tolerance', async () => {
    expect(await tokens.check(await signed({ exp: nowSec + 60, sub: 'bob' }))).toEqual({
      kind: 'valid',
      subject: 'bob',
      expiresSec: nowSec + 65,
    });
    const long = await signed({ exp: nowSec + 60, sub: 'x'.repeat(65) });
    expect(await tokens.check(long)).toMatchObject({ subject: 'x'.repeat(64) });
    const odd = { exp: nowSec + 60, sub: 5, aud: {}, iss: [] } as unknown as JWTPayload;
    expect(await tokens.check(await signed(odd))).toMatchObject({ kind: 'valid', subject: null });
    expect(await tokens.check(await signed({ exp: nowSec - 4 }))).toMatchObject({ kind: 'valid' });
  });

  test.each([
    ['over', { exp: nowSec - 6 }],
    ['without an end', {}],
    ['with an end that is no number', { exp: 'tomorrow' } as unknown as JWTPayload],
    ['not begun', { exp: nowSec + 60, nbf: nowSec + 6 }],
  ])('one that is %s is not', async (_, payload) => {
    expect(await tokens.check(await signed(payload))).toMatchObject({ kind: 'invalid' });
  });

  test('nor is one of another secret, without a signature, or with another algorithm', async () => {
    const payload = { exp: nowSec + 60 };
    const forged = [
      await signed(payload, randomBytes(32)),
      await signed(payload, randomBytes(64), { alg: 'HS512' }),
      await signed(payload, secret, { alg: 'HS384' }).catch(() => 'a.b.c'),
      `${part({ alg: 'none' })}.${part(payload)}.`,
      `${part({ alg: 'none' })}.${part(payload)}.AA`,
      'a.b.c',
    ];
    for (const token of forged)
      expect(await tokens.check(token)).toMatchObject({ kind: 'invalid' });
  });

  test('issuer and audience count where they are asked for', async () => {
    const strict = Tokens.withSecret(secret, { issuer: 'us', audience: 'gauge' }, clock);
    const kindOf = async (claims: JWTPayload): Promise<TokenVerdict['kind']> =>
      (await strict.check(await signed({ exp: nowSec + 60, ...claims }))).kind;
    expect(await kindOf({ iss: 'us', aud: ['x', 'gauge'] })).toBe('valid');
    expect(await kindOf({ iss: 'us' })).toBe('invalid');
    expect(await kindOf({ iss: 'them', aud: 'gauge' })).toBe('invalid');
    expect(await kindOf({ aud: 'gauge' })).toBe('invalid');
  });
});

describe('whatever comes', () => {
  // What `check` rejects with would end the process.
  test('is valid or not, rightly signed or not', async () => {
    const clock = new FakeClock();
    const tokens = Tokens.withSecret(secret, { issuer: 'us', audience: 'gauge' }, clock);
    const claims = fc.record(
      Object.fromEntries(
        ['exp', 'nbf', 'iat', 'iss', 'aud', 'sub'].map((name) => [name, fc.jsonValue()]),
      ),
      { requiredKeys: [] },
    );
    const header = fc.oneof(
      fc.constant({ alg: 'HS256' }),
      fc.record({ alg: fc.constant('HS256'), crit: fc.jsonValue(), b64: fc.jsonValue() }),
      fc.jsonValue(),
    );
    const body = fc.oneof(claims, fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(header, body, fc.boolean(), async (head, payload, isSigned) => {
        const text = `${part(head as object)}.${part(payload as object)}`;
        const signature = createHmac('sha256', isSigned ? secret : 'other')
          .update(text)
          .digest();
        const { kind } = await tokens.check(`${text}.${signature.toString('base64url')}`);
        expect(['valid', 'invalid']).toContain(kind);
      }),
      { numRuns: 500 },
    );
  });
});

describe('with a JWKS', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  let server: Server | null = null;

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** A server of the public keys that counts how often it is asked; `status` may be changed. */
  async function serveKeys(): Promise<{
    url: URL;
    asked: () => number;
    answer: { status: number };
  }> {
    const keys = [
      { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'two', use: 'sig' },
      { ...(await exportJWK(shortRsa.publicKey)), kid: 'short', use: 'sig' },
    ];
    let asked = 0;
    const answer = { status: 200 };
    server = createServer((_, response) => {
      asked++;
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: new URL(`http://127.0.0.1:${port}/jwks?for=hidden`), asked: () => asked, answer };
  }

  function checker(url: URL): { tokens: Tokens; clock: FakeClock; log: FakeLog; nowSec: number } {
    const [clock, log] = [new FakeClock(), new FakeLog()];
    const tokens = Tokens.withPublicKeys(remoteKeys(url, clock, log), ANY, clock);
    return { tokens, clock, log, nowSec: Math.floor(clock.nowSec()) };
  }

  test('tokens of each of its keys are valid, and it is fetched once', async () => {
    const { url, asked } = await serveKeys();
    const { tokens, nowSec } = checker(url);
    const exp = nowSec + 60;
    for (const token of [
      await signed({ exp }, privateKey, { alg: 'ES256', kid: 'one' }),
      await signed({ exp }, rsa.privateKey, { alg: 'RS256', kid: 'two' }),
      await signed({ exp }, rsa.privateKey, { alg: 'PS384', kid: 'two' }),
    ]) {
      expect(await tokens.check(token)).toMatchObject({ kind: 'valid', expiresSec: exp + 5 });
    }
    expect(asked()).toBe(1);
  });

  test('a public key is never taken for the secret of a forged token', async () => {
    const { url } = await serveKeys();
    const { tokens, nowSec } = checker(url);
    const pem = Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    const forged = await signed({ exp: nowSec + 60 }, pem, { alg: 'HS256', kid: 'two' });
    expect(await tokens.check(forged)).toMatchObject({ kind: 'invalid' });
  });

  test('a key that is too short lets nobody in, and does not end the process', async () => {
    const { url } = await serveKeys();
    const { tokens, nowSec } = checker(url);
    // Whoever forges it needs to know no more than the name of the key.
    for (const alg of ['RS256', 'PS512']) {
      const token = `${part({ alg, kid: 'short' })}.${part({ exp: nowSec + 60 })}.AAAA`;
      expect(await tokens.check(token)).toEqual({
        kind: 'invalid',
        why: 'its RSA key has 1024 bits; allowed are 2048 or more',
      });
    }
  });

  test('bad tokens do not make it be fetched again', async () => {
    const { url, asked } = await serveKeys();
    const { tokens, nowSec } = checker(url);
    const exp = nowSec + 60;
    for (let i = 0; i < 20; i++) {
      const token = await signed({ exp }, privateKey, { alg: 'ES256', kid: `unknown ${i}` });
      expect(await tokens.check(token)).toMatchObject({ kind: 'invalid' });
    }
    expect(asked()).toBe(1);
  });

  test('while it cannot be fetched nothing is known of a token; it is asked again later', async () => {
    const { url, asked, answer } = await serveKeys();
    answer.status = 500;
    const { tokens, clock, log, nowSec } = checker(url);
    const token = await signed({ exp: nowSec + 600 }, privateKey, { alg: 'ES256', kid: 'one' });
    for (let i = 0; i < 5; i++) expect(await tokens.check(token)).toEqual({ kind: 'unchecked' });
    expect(asked()).toBe(1);
    expect(log.events('jwks_lost')).toMatchObject([{ host: url.host }]);
    answer.status = 200;
    clock.advance(9_999);
    expect(await tokens.check(token)).toEqual({ kind: 'unchecked' });
    clock.advance(1);
    expect(await tokens.check(token)).toMatchObject({ kind: 'valid' });
  });

  test('nobody there: the log names the host and the reason, never what the address hides', async () => {
    const { url } = await serveKeys();
    const { tokens, log, nowSec } = checker(url);
    const token = await signed({ exp: nowSec + 60 }, privateKey, { alg: 'ES256', kid: 'one' });
    server!.close();
    server!.closeAllConnections();
    expect(await tokens.check(token)).toEqual({ kind: 'unchecked' });
    expect(log.events('jwks_lost')).toMatchObject([
      { host: url.host, why: expect.stringContaining('ECONNREFUSED') },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('hidden');
  });
});
