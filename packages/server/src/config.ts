import { conflictsOf } from './config-conflicts.ts';
import { CONFIG_ROWS, type CONFIG_TABLE } from './config-table.ts';
import {
  allowedText,
  readValue,
  type SettingRow,
  type SettingValue,
  TRUE_WORDS,
  type ValueOf,
} from './config-values.ts';
import { nearMiss } from './near-miss.ts';

type Table = typeof CONFIG_TABLE;

/** The effective settings; what each means stands in config-table.ts. */
export type Config = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

/** Where a value came from. */
export type Origin = 'default' | 'environment' | 'flag';

export type ConfigResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly origins: Readonly<Record<string, Origin>>;
      /** Things that look like mistakes but stop nothing. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

export function flagName(env: string): string {
  return `--${env.toLowerCase().replaceAll('_', '-')}`;
}

/**
 * Settings from flags, else the environment (an empty variable counts as unset), else defaults.
 * Finds every problem before it gives up.
 */
export function loadConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  table: Readonly<Record<string, SettingRow>> = CONFIG_ROWS,
): ConfigResult {
  const problems: string[] = [];
  const flags = readFlags(args, Object.values(table), problems);
  const values: Record<string, SettingValue> = {};
  const origins: Record<string, Origin> = {};

  for (const [name, row] of Object.entries(table)) {
    const flag = flags.get(row.env);
    const text = flag ?? env[row.env] ?? '';
    const unset = flag === undefined && text === '';
    origins[name] = unset ? 'default' : flag === undefined ? 'environment' : 'flag';
    const reading = unset ? { ok: true as const, value: row.default } : readValue(row, text);
    if (reading.ok) values[name] = reading.value;
    else {
      const source = flag === undefined ? row.env : flagName(row.env);
      const given = row.secret === true ? 'its value' : `'${shorten(text)}'`;
      problems.push(`${source}: ${given} is not allowed: ${reading.why}`);
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const config = values as unknown as Config;
  const conflicts = conflictsOf(config);
  if (conflicts.length > 0) return { ok: false, problems: conflicts };
  return { ok: true, config, origins, warnings: strayNames(env) };
}

/** Flags by the name of their variable; the last of several counts. */
function readFlags(
  args: readonly string[],
  table: readonly SettingRow[],
  problems: string[],
): Map<string, string> {
  const rows = new Map(table.map((row) => [flagName(row.env), row]));
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const row = rows.get(name);
    const next = args[i + 1];
    const hasNext = next !== undefined && !next.startsWith('--');
    if (row === undefined) {
      problems.push(unknownArgument(name, [...rows.keys()]));
      // What follows an unknown flag was meant as its value: it is no second problem.
      if (name.startsWith('--') && equals < 0 && hasNext) i++;
    } else if (equals >= 0) {
      flags.set(row.env, arg.slice(equals + 1));
    } else if (row.type === 'boolean' && !(hasNext && readValue(row, next).ok)) {
      flags.set(row.env, TRUE_WORDS[0]!);
    } else if (!hasNext) {
      problems.push(`${name}: its value is missing: allowed is ${allowedText(row)}`);
    } else {
      flags.set(row.env, next);
      i++;
    }
  }
  return flags;
}

function unknownArgument(given: string, known: readonly string[]): string {
  if (!given.startsWith('-')) return `'${shorten(given)}' is not understood: only flags stand here`;
  const meant = nearMiss(given.toLowerCase(), known);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return `${shorten(given)}: there is no such flag${hint}`;
}

/**
 * Variables that are no setting but nearly one: most likely typing errors. HOST and PORT are left
 * out as too short: other programs' variables look like them.
 */
function strayNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(CONFIG_ROWS).map((row) => row.env);
  const long = known.filter((name) => name.includes('_'));
  const warnings: string[] = [];
  for (const name of Object.keys(env)) {
    const meant = known.includes(name) ? null : nearMiss(name.toUpperCase(), long);
    if (meant !== null) warnings.push(`${name} is set but unknown; did you mean ${meant}?`);
  }
  return warnings;
}

/** The given text for a message: at most 60 characters, on one line. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 60)}…`;
}
