import { KEY_CHARS_MAX, KEY_CHARS_MIN, KEY_NAME_CHARS_MAX, KEYS_MAX } from './limits.ts';

export interface NamedKey {
  /** Whose it is, for the log. */
  readonly name: string;
  readonly key: string;
}

export type KeyFile =
  | { readonly ok: true; readonly keys: readonly NamedKey[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const NAME = new RegExp(`^[A-Za-z0-9._-]{1,${KEY_NAME_CHARS_MAX}}$`);
/** What is allowed in a URL, a header and a subprotocol alike. */
const KEY = /^[A-Za-z0-9._~-]*$/;

/**
 * Reads the file of the keys: `NAME:KEY` on each line, `#` for comments, blank lines. Problems
 * name the line and never what stands there: it could be a key, also where a name should be.
 */
export function readKeyFile(text: string): KeyFile {
  const problems: string[] = [];
  const keys: NamedKey[] = [];
  const lineOfName = new Map<string, number>();
  const lineOfKey = new Map<string, number>();
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const number = index + 1;
    const colonAt = line.indexOf(':');
    const [name, key] = [line.slice(0, colonAt), line.slice(colonAt + 1)];
    const problem =
      formProblem(colonAt, name, key) ??
      repeated('name', lineOfName.get(name)) ??
      repeated('key', lineOfKey.get(key));
    if (problem === null) {
      keys.push({ name, key });
      lineOfName.set(name, number);
      lineOfKey.set(key, number);
    } else problems.push(`line ${number}: ${problem}`);
  }
  if (problems.length === 0 && keys.length === 0)
    problems.push('holds no key; allowed is NAME:KEY');
  if (keys.length > KEYS_MAX) problems.push(`holds ${keys.length} keys; allowed are ${KEYS_MAX}`);
  return problems.length === 0 ? { ok: true, keys } : { ok: false, problems };
}

function formProblem(colonAt: number, name: string, key: string): string | null {
  if (colonAt < 0) return 'has no colon; allowed is NAME:KEY';
  if (!NAME.test(name)) {
    const allowed = `1 to ${KEY_NAME_CHARS_MAX} letters, digits, dots, _ or -`;
    return `the name has ${name.length} characters, or one that is not allowed; allowed are ${allowed}`;
  }
  if (!KEY.test(key)) {
    return 'the key has a character that is not allowed; allowed are letters, digits and . _ ~ -';
  }
  if (key.length < KEY_CHARS_MIN || key.length > KEY_CHARS_MAX) {
    const allowed = `${KEY_CHARS_MIN} to ${KEY_CHARS_MAX}`;
    return `the key has ${key.length} characters; allowed are ${allowed}`;
  }
  return null;
}

function repeated(what: string, line: number | undefined): string | null {
  return line === undefined ? null : `has the ${what} of line ${line}; each is allowed once`;
}
