import { type Config, flagName, loadConfig } from '../config.ts';
import { CONFIG_TABLE } from '../config-table.ts';
import { INTERVAL_NAMES, intervalSecOf } from '../sources/market-files/candle-interval.ts';
import { plainSymbol, SYMBOL_FORM } from '../sources/market-files/file-name.ts';
import type { CommandIo } from './command.ts';
import type { ReadOptions } from './options.ts';

/**
 * One of the settings, from its flag among the options, else the environment, else its default.
 * Undefined when it is wrong, which is then added to `problems`.
 */
export function settingOption<Name extends keyof Config>(
  name: Name,
  values: ReadOptions['values'],
  env: CommandIo['env'],
  problems: string[],
): Config[Name] | undefined {
  const row = CONFIG_TABLE[name];
  const flag = flagName(row.env);
  const given = values.get(flag)?.[0];
  const loaded = loadConfig(given === undefined ? [] : [`${flag}=${given}`], env, { [name]: row });
  if (loaded.ok) return loaded.config[name];
  problems.push(...loaded.problems);
  return undefined;
}

/** The value of `--symbol`, or null when it was not given; what is wrong is added to `problems`. */
export function symbolOption(text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  const symbol = plainSymbol(text);
  if (symbol === null) problems.push(`--symbol: '${text}' is no symbol; allowed: ${SYMBOL_FORM}`);
  return symbol;
}

/** The value of `--interval` in seconds, as `symbolOption`. */
export function intervalOption(text: string | undefined, problems: string[]): number | null {
  if (text === undefined) return null;
  const intervalSec = intervalSecOf(text);
  if (intervalSec === null) {
    problems.push(`--interval: '${text}' is no length; allowed: ${INTERVAL_NAMES.join(', ')}`);
  }
  return intervalSec;
}
