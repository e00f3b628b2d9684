import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { type Access, GuardedAccess, OPEN_ACCESS } from './access.ts';
import { ApiKeys } from './api-keys.ts';
import { readKeyFile } from './key-file.ts';
import { ACCESS_FILE_BYTES_MAX, SECRET_BYTES_MIN } from './limits.ts';
import type { Tokens } from './tokens.ts';

export type AccessSettings = Pick<
  Config,
  'apiKeysFile' | 'jwtSecretFile' | 'jwtJwksUrl' | 'jwtIssuer' | 'jwtAudience'
>;

/** The keys or secrets that the settings name cannot be used. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  /** Each names its setting. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads the files that the settings name, once.
 *
 * @throws AccessError with everything that is wrong with them
 */
export async function openAccess(
  settings: AccessSettings,
  clock: Clock,
  log: Log,
): Promise<Access> {
  const problems: string[] = [];
  const keys = await openKeys(settings, problems);
  const tokens = await openTokens(settings, { clock, log }, problems);
  if (problems.length > 0) throw new AccessError(problems);
  if (keys === null && tokens === null) return OPEN_ACCESS;
  return new GuardedAccess({ clock, log, keys, tokens });
}

async function openKeys(
  { apiKeysFile }: AccessSettings,
  problems: string[],
): Promise<ApiKeys | null> {
  if (apiKeysFile === null) return null;
  const bytes = await readWhole('API_KEYS_FILE', apiKeysFile, problems);
  if (bytes === null) return null;
  const file = readKeyFile(bytes.toString());
  if (file.ok) return new ApiKeys(file.keys);
  problems.push(...file.problems.map((each) => `API_KEYS_FILE: ${apiKeysFile}: ${each}`));
  return null;
}

async function openTokens(
  { jwtSecretFile, jwtJwksUrl, jwtIssuer, jwtAudience }: AccessSettings,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  problems: string[],
): Promise<Tokens | null> {
  const terms = { issuer: jwtIssuer, audience: jwtAudience };
  if (jwtSecretFile !== null) {
    const secret = await readSecret(jwtSecretFile, problems);
    // 50 ms and 16 MB that a server without tokens has no use for.
    const { Tokens } = await import('./tokens.ts');
    return secret === null ? null : Tokens.withSecret(secret, terms, clock);
  }
  if (jwtJwksUrl === null) return null;
  const [{ Tokens }, { remoteKeys }] = await Promise.all([
    import('./tokens.ts'),
    import('./remote-keys.ts'),
  ]);
  return Tokens.withPublicKeys(remoteKeys(new URL(jwtJwksUrl), clock, log), terms, clock);
}

async function readSecret(path: string, problems: string[]): Promise<Buffer | null> {
  const bytes = await readWhole('JWT_SECRET_FILE', path, problems);
  if (bytes === null) return null;
  const secret = withoutNewline(bytes);
  if (secret.length >= SECRET_BYTES_MIN) return secret;
  problems.push(
    `JWT_SECRET_FILE: ${path} holds ${secret.length} bytes; ` +
      `allowed are ${SECRET_BYTES_MIN} or more, as from openssl rand -base64 48`,
  );
  return null;
}

/** Editors and `echo` end a file with a line break that is no part of the secret. */
function withoutNewline(bytes: Buffer): Buffer {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end--;
  if (end < bytes.length && bytes[end - 1] === 0x0d) end--;
  return bytes.subarray(0, end);
}

async function readWhole(env: string, path: string, problems: string[]): Promise<Buffer | null> {
  try {
    const { size } = await stat(path);
    if (size <= ACCESS_FILE_BYTES_MAX) return await readFile(path);
    problems.push(
      `${env}: ${path} has ${size} bytes; allowed are ${ACCESS_FILE_BYTES_MAX}: is it another file?`,
    );
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    problems.push(`${env}: ${path} cannot be read: ${reasonOf(String(error.code))}`);
  }
  return null;
}

function reasonOf(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'a part of the path is no folder',
    EISDIR: 'it is a folder; allowed is a file',
    EACCES: 'the user that runs this may not read it',
  };
  return words[code] === undefined ? code : `${words[code]} (${code})`;
}
