import { describe, expect, test } from 'vitest';
import {
  type AccessVerdict,
  GuardedAccess,
  type GuardedAccessOptions,
  OPEN_ACCESS,
} from '../../src/access/access.ts';
import { ApiKeys } from '../../src/access/api-keys.ts';
import { FailureLimit } from '../../src/access/failure-limit.ts';
import type { TokenVerdict } from '../../src/access/tokens.ts';
import { FakeClock, FakeLog } from '../hub-fakes.ts';

const KEY = 'the-key-of-alice';
const TOKEN = 'aGVhZA.Ym9keQ.c2ln';
const EVERYBODY = { ok: true, holder: null, expiresSec: null };
const ADMITTED = { ok: true, holder: 'alice', expiresSec: null };

function guarded(changes: Partial<GuardedAccessOptions> = {}): {
  access: GuardedAccess;
  clock: FakeClock;
  log: FakeLog;
} {
  const [clock, log] = [new FakeClock(), new FakeLog()];
  const keys = new ApiKeys([{ name: 'alice', key: KEY }]);
  return { access: new GuardedAccess({ clock, log, keys, tokens: null, ...changes }), clock, log };
}

function tokensThatAre(verdict: TokenVerdict): GuardedAccessOptions['tokens'] {
  return { check: () => Promise.resolve(verdict) };
}

function codeOf(verdict: AccessVerdict): string {
  return verdict.ok ? 'admitted' : verdict.refusal.code;
}

describe('keys', () => {
  test('an open server lets in everybody, at once', () => {
    expect(OPEN_ACCESS.admit(null, 'a')).toEqual(EVERYBODY);
    expect(OPEN_ACCESS.admit('anything', 'a')).toEqual(EVERYBODY);
  });

  test('each of several lets in; what is nearly one does not', () => {
    const keys = new ApiKeys([
      { name: 'alice', key: KEY },
      { name: 'bob', key: 'the-key-of-bob..' },
    ]);
    expect(keys.nameOf(KEY)).toBe('alice');
    expect(keys.nameOf('the-key-of-bob..')).toBe('bob');
    for (const wrong of ['', KEY.slice(1), `${KEY} `, KEY.toUpperCase(), 'alice', `alice:${KEY}`]) {
      expect(keys.nameOf(wrong)).toBeNull();
    }
  });

  test('are decided on without waiting', () => {
    const { access } = guarded({ tokens: tokensThatAre({ kind: 'unchecked' }) });
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
    expect(access.admit('wrong', 'a')).toMatchObject({ refusal: { status: 401 } });
    expect(access.admit(null, 'a')).toMatchObject({
      refusal: { status: 401, code: 'UNAUTHORIZED' },
      message: expect.stringContaining('asks for a key or token; allowed is Authorization: Bearer'),
    });
  });

  test('go on while tokens cannot be checked', async () => {
    const { access } = guarded({ tokens: tokensThatAre({ kind: 'unchecked' }) });
    expect(await access.admit(TOKEN, 'a')).toMatchObject({
      refusal: { status: 503, code: 'TOKENS_UNCHECKED', retryAfterSec: 10 },
    });
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
  });

  test('neither what was tried nor what is right is ever logged', () => {
    const { access, log } = guarded();
    for (let i = 0; i < 12; i++) void access.admit(`guess-number-${i}`, 'a');
    void access.admit(KEY, 'b');
    const lines = JSON.stringify(log.lines);
    expect(lines).toContain('access_locked');
    expect(lines).not.toMatch(/guess|the-key/);
  });
});

describe('failures', () => {
  test('the eleventh attempt waits for the end of the window, also with the right key', () => {
    const { access, clock, log } = guarded();
    void access.admit('wrong', 'a');
    clock.advance(20_000);
    for (let i = 0; i < 9; i++)
      expect(codeOf(access.admit('x', 'a') as AccessVerdict)).toBe('UNAUTHORIZED');
    expect(log.events('access_locked')).toMatchObject([{ client: 'a' }]);
    clock.advance(5_500);
    const waits = { refusal: { status: 429, code: 'TOO_MANY_FAILURES', retryAfterSec: 35 } };
    expect(access.admit(KEY, 'a')).toMatchObject(waits);
    expect(access.admit('wrong', 'a')).toMatchObject(waits);
    expect(access.admit(KEY, 'b')).toEqual(ADMITTED);
    clock.advance(34_499);
    expect(access.admit(KEY, 'a')).toMatchObject({ refusal: { retryAfterSec: 1 } });
    clock.advance(1);
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
    expect(log.events('access_locked')).toHaveLength(1);
  });

  test('no credential is none, and does not wait', () => {
    const { access } = guarded();
    for (let i = 0; i < 100; i++) void access.admit(null, 'a');
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
    for (let i = 0; i < 10; i++) void access.admit('wrong', 'a');
    expect(access.admit(null, 'a')).toMatchObject({ refusal: { status: 401 } });
  });

  test('tokens that are wrong count; sent all at once, they tell no more than ten', async () => {
    let right = false;
    const check = (): Promise<TokenVerdict> =>
      Promise.resolve(
        right
          ? { kind: 'valid', subject: null, expiresSec: 5 }
          : { kind: 'invalid', why: 'signature' },
      );
    const { access } = guarded({ tokens: { check } });
    const wrong = Array.from({ length: 15 }, () => access.admit(TOKEN, 'a'));
    right = true;
    const last = access.admit(TOKEN, 'a');
    const codes = (await Promise.all([...wrong, last])).map(codeOf);
    expect(codes.filter((code) => code === 'UNAUTHORIZED')).toHaveLength(10);
    expect(codes.slice(10)).toEqual(Array.from({ length: 6 }, () => 'TOO_MANY_FAILURES'));
  });

  test('tokens that could not be checked do not count', async () => {
    const { access } = guarded({ tokens: tokensThatAre({ kind: 'unchecked' }) });
    for (let i = 0; i < 20; i++) await access.admit(TOKEN, 'a');
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
  });

  test('are counted of ten thousand addresses: the oldest is forgotten first', () => {
    const limit = new FailureLimit(new FakeClock());
    for (let i = 0; i < 10; i++) limit.failed('first');
    for (let i = 0; i < 10; i++) limit.failed('second');
    for (let i = 0; i < 9_998; i++) limit.failed(`other ${i}`);
    expect([limit.waitMs('first'), limit.waitMs('second')]).toEqual([60_000, 60_000]);
    limit.failed('one more');
    expect([limit.waitMs('first'), limit.waitMs('second')]).toEqual([0, 60_000]);
    expect(limit.size).toBe(10_000);
  });
});

describe('tokens', () => {
  test('pass on when they end', async () => {
    const tokens = tokensThatAre({ kind: 'valid', subject: 'bob', expiresSec: 1234 });
    const { access } = guarded({ keys: null, tokens });
    expect(await access.admit(TOKEN, 'a')).toEqual({
      ok: true,
      holder: 'bob',
      expiresSec: 1234,
    });
  });

  test('what has not their form is not even tried, nor is what is too long', async () => {
    let checks = 0;
    const check = (): Promise<TokenVerdict> => {
      checks++;
      return Promise.resolve({ kind: 'unchecked' });
    };
    const { access } = guarded({ keys: null, tokens: { check } });
    for (const text of ['', 'a.b', 'a.b.c.d', 'a..c', 'a.b.c!', `a.b.${'c'.repeat(8192)}`]) {
      expect(codeOf(await access.admit(text, 'a'))).toBe('UNAUTHORIZED');
    }
    expect(checks).toBe(0);
  });

  test('a thousand are checked at once; the next is told to come back', async () => {
    const waiting: ((verdict: TokenVerdict) => void)[] = [];
    const check = () => new Promise<TokenVerdict>((resolve) => waiting.push(resolve));
    const { access } = guarded({ tokens: { check } });
    const all = Array.from({ length: 1000 }, () => access.admit(TOKEN, 'a'));
    expect(access.admit(TOKEN, 'a')).toMatchObject({ refusal: { code: 'TOKENS_UNCHECKED' } });
    expect(access.admit(KEY, 'a')).toEqual(ADMITTED);
    for (const resolve of waiting) resolve({ kind: 'valid', subject: null, expiresSec: 9 });
    for (const verdict of all) expect(await verdict).toMatchObject({ ok: true });
    expect(access.admit(TOKEN, 'a')).toBeInstanceOf(Promise);
  });
});
