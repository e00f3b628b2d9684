/** The options of `tidegauge load`, and what they ask for. */
import { isIP } from 'node:net';
import {
  CHANNELS,
  HEATMAP_PATH,
  MEMPOOL_PATH,
  UPDATE_INTERVAL_SEC_MAX,
  UPDATE_INTERVAL_SEC_MIN,
} from '@tidegauge/protocol';
import { COMPRESSIONS } from '../load/client-handshake.ts';
import type { LoadPlan } from '../load/load-plan.ts';
import { type OptionRow, type ReadOptions, readOptions } from './options.ts';

export const LOAD_URL_DEFAULT = 'http://127.0.0.1:8000/';

interface NumberRow {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly unit: string;
}

type NumberName =
  | '--clients'
  | '--ramp'
  | '--duration'
  | '--slow'
  | '--verify'
  | '--reconnect-storm'
  | '--interval';

/** What is given in numbers, with its bounds. */
export const LOAD_NUMBERS: Readonly<Record<NumberName, NumberRow>> = {
  '--clients': { default: 10, min: 1, max: 1_000_000, whole: true, unit: '' },
  '--ramp': { default: 0, min: 0, max: 3600, whole: false, unit: ' s' },
  '--duration': { default: 30, min: 0.1, max: 86_400, whole: false, unit: ' s' },
  '--slow': { default: 0, min: 0, max: 100, whole: false, unit: ' %' },
  '--verify': { default: 0, min: 0, max: 100, whole: false, unit: ' %' },
  '--reconnect-storm': { default: 0, min: 0, max: 3600, whole: false, unit: ' s' },
  '--interval': {
    default: 5,
    min: UPDATE_INTERVAL_SEC_MIN,
    max: UPDATE_INTERVAL_SEC_MAX,
    whole: true,
    unit: ' s',
  },
};

const OPTIONS: readonly OptionRow[] = [
  { name: '--clients', value: 'N' },
  { name: '--path', value: 'PATH' },
  { name: '--channels', value: 'NAME,…' },
  { name: '--symbols', value: 'SYMBOL,…' },
  { name: '--interval', value: 'SECONDS' },
  { name: '--ramp', value: 'SECONDS' },
  { name: '--duration', value: 'SECONDS' },
  { name: '--slow', value: 'PERCENT' },
  { name: '--reconnect-storm', value: 'SECONDS' },
  { name: '--compression', value: 'on|off|no-takeover' },
  { name: '--verify', value: 'PERCENT' },
  { name: '--key', value: 'KEY' },
  { name: '--local-addresses', value: 'ADDRESS,…' },
  { name: '--json', value: 'FILE' },
];

/** A plan whose host has still to be looked up. */
export interface LoadArguments {
  readonly plan: Omit<LoadPlan, 'address'>;
  /** The name or address in the URL. */
  readonly hostname: string;
  /** Where the report goes as JSON; `-` is stdout, null: nowhere. */
  readonly jsonFile: string | null;
}

/** Reads the arguments; finds every problem. */
export function readLoadArguments(
  args: readonly string[],
): LoadArguments | { readonly problems: readonly string[] } {
  const { values, files, problems: wrong } = readOptions(args, OPTIONS, 'a URL');
  const problems = [...wrong];
  if (files.length > 1) problems.push(`${files.length} URLs are given; allowed: one`);
  const number = (name: NumberName): number => numberOption(name, values, problems);
  const url = readUrl(files[0] ?? LOAD_URL_DEFAULT, problems);
  const wants = readWants(url, values, number('--interval'), problems);
  const plan = {
    host: url.host,
    port: Number(url.port === '' ? 80 : url.port),
    ...wants,
    clients: number('--clients'),
    rampMs: number('--ramp') * 1000,
    durationMs: number('--duration') * 1000,
    slowShare: number('--slow') / 100,
    verifiedShare: number('--verify') / 100,
    stormEveryMs: number('--reconnect-storm') * 1000,
    compression: choiceOption('--compression', COMPRESSIONS, 'off', values, problems),
    key: keyOption(values, problems),
    localAddresses: addressesOption(values.get('--local-addresses')?.[0], problems),
  };
  if (problems.length > 0) return { problems };
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { plan, hostname, jsonFile: values.get('--json')?.[0] ?? null };
}

/** Takes the address of the page as well: people have that at hand. */
function readUrl(text: string, problems: string[]): URL {
  const named = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const fallback = new URL(LOAD_URL_DEFAULT);
  if (!URL.canParse(named)) {
    problems.push(`'${text}' is no URL; allowed: such as ${LOAD_URL_DEFAULT}`);
    return fallback;
  }
  const url = new URL(named);
  if (url.protocol === 'http:' || url.protocol === 'ws:') return url;
  const why = `'${text}': TLS would measure the client's own ciphers`;
  problems.push(`${why}; allowed: http:// and ws://, that is the server behind its proxy`);
  return fallback;
}

type Wants = Pick<LoadPlan, 'path' | 'requests' | 'gapsCount'>;

/** Where clients connect to, and what they ask for there. */
function readWants(
  url: URL,
  values: ReadOptions['values'],
  update_interval: number,
  problems: string[],
): Wants {
  const symbols = listOf(values.get('--symbols')?.[0]);
  const channels = listOf(values.get('--channels')?.[0]);
  const inUrl = url.pathname === '/' ? undefined : url.pathname;
  const guess = symbols.length > 0 ? HEATMAP_PATH : MEMPOOL_PATH;
  const path = values.get('--path')?.[0] ?? inUrl ?? guess;
  if (!path.startsWith('/')) problems.push(`--path: '${path}'; allowed: such as ${MEMPOOL_PATH}`);
  if (path === HEATMAP_PATH) {
    if (channels.length > 0) problems.push(`--channels belong to ${MEMPOOL_PATH}, not ${path}`);
    if (symbols.length === 0) problems.push(`${path} needs --symbols, such as BTCUSDT`);
    const subscribe = { action: 'subscribe', symbols, update_interval };
    return { path, requests: [JSON.stringify(subscribe)], gapsCount: false };
  }
  if (symbols.length > 0) problems.push(`--symbols belong to ${HEATMAP_PATH}, not ${path}`);
  if (values.has('--interval')) problems.push(`--interval belongs to ${HEATMAP_PATH}, not ${path}`);
  for (const name of channels.filter((each) => !CHANNELS.some((known) => known === each))) {
    problems.push(`--channels: '${name}' is none; allowed: ${CHANNELS.join(', ')}`);
  }
  const requests = channels.length === 0 ? [] : [JSON.stringify({ subscribe: channels })];
  return { path: `${path}${url.search}`, requests, gapsCount: true };
}

function numberOption(name: NumberName, values: ReadOptions['values'], problems: string[]): number {
  const row = LOAD_NUMBERS[name];
  const text = values.get(name)?.[0];
  if (text === undefined) return row.default;
  const value = Number(text);
  const fits = value >= row.min && value <= row.max && (!row.whole || Number.isInteger(value));
  if (fits) return value;
  const kind = row.whole ? 'whole numbers' : 'numbers';
  problems.push(`${name}: '${text}'; allowed: ${kind} from ${row.min} to ${row.max}${row.unit}`);
  return row.default;
}

function choiceOption<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  fallback: Choice,
  values: ReadOptions['values'],
  problems: string[],
): Choice {
  const text = values.get(name)?.[0] ?? fallback;
  const found = choices.find((each) => each === text);
  if (found === undefined) problems.push(`${name}: '${text}'; allowed: ${choices.join(', ')}`);
  return found ?? fallback;
}

/** What cannot stand in a header would end the request instead of being refused. */
function keyOption(values: ReadOptions['values'], problems: string[]): string | null {
  const key = values.get('--key')?.[0] ?? null;
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    problems.push('--key: it has characters that no key has; allowed: visible ASCII');
  }
  return key;
}

/** Addresses, and ranges within the last number of an IPv4 address: 127.0.0.2-127.0.0.40. */
function addressesOption(text: string | undefined, problems: string[]): readonly string[] {
  return listOf(text).flatMap((entry) => {
    const range = /^((?:\d+\.){3})(\d+)-\1(\d+)$/.exec(entry);
    const all = range === null ? [entry] : numbered(range[1]!, Number(range[2]), Number(range[3]));
    if (all.length > 0 && all.every((address) => isIP(address) !== 0)) return all;
    problems.push(
      `--local-addresses: '${entry}'; allowed: IP addresses, or as 127.0.0.2-127.0.0.40`,
    );
    return [];
  });
}

function numbered(head: string, first: number, last: number): readonly string[] {
  if (last > 255) return [];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => `${head}${first + i}`);
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((entry) => entry !== '');
}
