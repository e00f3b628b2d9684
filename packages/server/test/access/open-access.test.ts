import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Access, OPEN_ACCESS } from '../../src/access/access.ts';
import { AccessError, type AccessSettings, openAccess } from '../../src/access/open-access.ts';
import { FakeClock, FakeLog } from '../hub-fakes.ts';

const NOTHING: AccessSettings = {
  apiKeysFile: null,
  jwtSecretFile: null,
  jwtJwksUrl: null,
  jwtIssuer: null,
  jwtAudience: null,
};

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-open-access-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const at = path.join(directory, name);
  writeFileSync(at, content);
  return at;
}

function opened(settings: Partial<AccessSettings>): Promise<Access> {
  return openAccess({ ...NOTHING, ...settings }, new FakeClock(), new FakeLog());
}

async function problemsOf(settings: Partial<AccessSettings>): Promise<readonly string[]> {
  const error: unknown = await opened(settings).catch((thrown: unknown) => thrown);
  if (!(error instanceof AccessError)) throw new Error('was opened', { cause: error });
  return error.problems;
}

async function admits(access: Access, secret: Buffer): Promise<boolean> {
  const exp = Math.floor(new FakeClock().nowSec()) + 60;
  const token = await new SignJWT({ exp }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
  return (await access.admit(token, 'a')).ok;
}

test('nothing set: open', async () => {
  expect(await opened({})).toBe(OPEN_ACCESS);
});

test('a file of keys lets their holders in, and nobody else', async () => {
  const access = await opened({ apiKeysFile: file('keys', 'alice:sixteen-or-more..\n') });
  expect(access.admit('sixteen-or-more..', 'a')).toMatchObject({ ok: true });
  expect(access.admit('alice', 'a')).toMatchObject({ ok: false });
});

test('a secret is what the file holds, without one line break at its end', async () => {
  const secret = Buffer.from('0123456789abcdef0123456789abcdef');
  for (const end of ['', '\n', '\r\n']) {
    const jwtSecretFile = file('secret', Buffer.concat([secret, Buffer.from(end)]));
    expect(await admits(await opened({ jwtSecretFile }), secret)).toBe(true);
  }
  const twice = file('secret', Buffer.concat([secret, Buffer.from('\n\n')]));
  expect(await admits(await opened({ jwtSecretFile: twice }), secret)).toBe(false);
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 0x80 + i));
  expect(await admits(await opened({ jwtSecretFile: file('raw', bytes) }), bytes)).toBe(true);
});

test('everything that is wrong at once, each with its setting, path and reason', async () => {
  const missing = path.join(directory, 'missing');
  expect(await problemsOf({ apiKeysFile: missing, jwtSecretFile: directory })).toEqual([
    `API_KEYS_FILE: ${missing} cannot be read: there is no such file (ENOENT)`,
    `JWT_SECRET_FILE: ${directory} cannot be read: it is a folder; allowed is a file (EISDIR)`,
  ]);
  const keys = file('bad-keys', 'alice\nbob:tooshort\n');
  expect(await problemsOf({ apiKeysFile: keys })).toEqual([
    `API_KEYS_FILE: ${keys}: line 1: has no colon; allowed is NAME:KEY`,
    `API_KEYS_FILE: ${keys}: line 2: the key has 8 characters; allowed are 16 to 256`,
  ]);
  const short = file('short', `${'x'.repeat(31)}\n`);
  expect(await problemsOf({ jwtSecretFile: short })).toEqual([
    expect.stringContaining(`JWT_SECRET_FILE: ${short} holds 31 bytes; allowed are 32 or more`),
  ]);
  const large = file('large', Buffer.alloc(1_048_577));
  expect(await problemsOf({ apiKeysFile: large })).toEqual([
    `API_KEYS_FILE: ${large} has 1048577 bytes; allowed are 1048576: is it another file?`,
  ]);
});
