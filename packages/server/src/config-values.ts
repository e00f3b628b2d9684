/** The kinds of settings: what each allows, how its text is read and written. */
import { isIP } from 'node:net';
import { parseLeverageWeights } from '@tidegauge/liquidations';
import { zmqEndpointProblem } from './sources/zmq-endpoint.ts';

interface RowBase {
  readonly env: string;
  readonly help: string;
  readonly unit?: string;
  /** Never shown; `tidegauge config` prints stars. */
  readonly secret?: boolean;
}

interface RangeRow extends RowBase {
  readonly type: 'integer' | 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

interface ChoiceRow extends RowBase {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly string[];
}

interface BooleanRow extends RowBase {
  readonly type: 'boolean';
  readonly default: boolean;
}

interface TextRow extends RowBase {
  readonly type: 'host' | 'endpoint' | 'path' | 'leverages' | 'url' | 'text';
  readonly default: string | null;
}

interface ListRow extends RowBase {
  readonly type: 'origins' | 'networks';
  readonly default: readonly string[];
}

export type SettingRow = RangeRow | ChoiceRow | BooleanRow | TextRow | ListRow;
export type SettingValue = string | number | boolean | null | readonly string[];

/** The type of a row's value. */
export type ValueOf<Row> = Row extends { readonly type: 'integer' | 'number' }
  ? number
  : Row extends { readonly type: 'boolean' }
    ? boolean
    : Row extends { readonly type: 'choice'; readonly choices: readonly (infer Choice)[] }
      ? Choice
      : Row extends { readonly type: 'origins' | 'networks' }
        ? readonly string[]
        : Row extends { readonly default: null }
          ? string | null
          : string;

/** A text read as the row's value, or why it cannot be. */
export type Reading =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly why: string };

export const TRUE_WORDS: readonly string[] = ['true', 'yes', 'on', '1'];
const FALSE_WORDS: readonly string[] = ['false', 'no', 'off', '0'];
/** NUL ends a path in the middle, and a line break in one is a mistake of quoting. */
const CONTROL_CHARACTER = /\p{Cc}/u;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?$/;

/** What the row takes, in words. */
export function allowedText(row: SettingRow): string {
  switch (row.type) {
    case 'integer':
    case 'number': {
      const kind = row.type === 'integer' ? 'a whole number' : 'a number';
      const unit = row.unit === undefined ? '' : ` (${row.unit})`;
      return `${kind} from ${row.min} to ${row.max}${unit}`;
    }
    case 'choice':
      return `one of ${row.choices.join(', ')}`;
    case 'boolean':
      return 'true or false';
    case 'host':
      return 'an IP address of this machine or a host name, without port';
    case 'path':
      return 'a path without control characters';
    case 'url':
      return 'an http: or https: address without user, such as https://example.com/jwks.json';
    case 'text':
      return 'a text without control characters';
    case 'leverages':
      return 'LEVERAGE:WEIGHT pairs whose weights sum to 1, such as 5:.2,10:.3,25:.3,50:.2';
    case 'endpoint':
      return 'tcp://host:port or ipc://path, such as tcp://127.0.0.1:28332';
    case 'origins':
      return '* or origins such as https://example.com, separated by commas';
    case 'networks':
      return 'IP addresses or networks such as 10.0.0.0/8, separated by commas';
  }
}

export function readValue(row: SettingRow, text: string): Reading {
  switch (row.type) {
    case 'integer':
    case 'number':
      return readNumber(row, text.trim());
    case 'choice':
      return checked(row.choices.includes(text), text, row);
    case 'boolean': {
      const word = text.toLowerCase();
      return checked(
        [...TRUE_WORDS, ...FALSE_WORDS].includes(word),
        TRUE_WORDS.includes(word),
        row,
      );
    }
    case 'host':
      return checked(isIP(text) !== 0 || HOST_NAME.test(text), text, row);
    case 'path':
      return checked(text.trim() !== '' && !CONTROL_CHARACTER.test(text), text, row);
    case 'url':
      return checked(isHttpUrl(text), text, row);
    case 'text':
      return checked(text.trim() !== '' && !CONTROL_CHARACTER.test(text), text, row);
    case 'leverages': {
      const parsed = parseLeverageWeights(text);
      return parsed.ok ? { ok: true, value: text } : { ok: false, why: parsed.problem };
    }
    case 'endpoint': {
      const problem = zmqEndpointProblem(text);
      return problem === null ? { ok: true, value: text } : { ok: false, why: problem };
    }
    case 'origins':
      return readList(row, text, originOf);
    case 'networks':
      return readList(row, text, (each) => (isNetwork(each) ? each : null));
  }
}

/** The value as text that `readValue` reads back; empty when unset. */
export function writeValue(value: SettingValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? value.join(',') : String(value);
}

function checked(valid: boolean, value: SettingValue, row: SettingRow): Reading {
  return valid ? { ok: true, value } : { ok: false, why: `allowed is ${allowedText(row)}` };
}

function readNumber(row: RangeRow, text: string): Reading {
  const value = Number(text);
  const written = /^-?(\d+\.?\d*|\.\d+)(e\d+)?$/i.test(text);
  const whole = row.type === 'number' || Number.isInteger(value);
  return checked(written && whole && value >= row.min && value <= row.max, value, row);
}

/** A comma list; `normalize` gives null for what is not allowed. */
function readList(
  row: SettingRow,
  text: string,
  normalize: (each: string) => string | null,
): Reading {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values = parts.map(normalize);
  const bad = parts.find((_, index) => values[index] === null);
  if (bad === undefined) return { ok: true, value: values.filter((value) => value !== null) };
  const which = parts.length > 1 ? `'${bad}' in it is not allowed; ` : '';
  return { ok: false, why: `${which}allowed is ${allowedText(row)}` };
}

function originOf(text: string): string | null {
  if (text === '*') return text;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return bare && url.origin !== 'null' ? url.origin : null;
}

/** With a user in it, `fetch` would refuse it later and repeat the password in the error. */
function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isNetwork(text: string): boolean {
  const [address, prefix, ...rest] = text.split('/');
  const family = isIP(address!);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
