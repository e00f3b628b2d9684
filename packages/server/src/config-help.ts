import { type Config, flagName, type Origin } from './config.ts';
import { CONFIG_ROWS } from './config-table.ts';
import { allowedText, type SettingRow, writeValue } from './config-values.ts';

const WIDTH = 96;
const INDENT = '      ';

/** The settings for `--help`: flag, variable, default, what it does and what it takes. */
export function settingsHelp(): string {
  return Object.values(CONFIG_ROWS).map(settingHelp).join('\n');
}

function settingHelp(row: SettingRow): string {
  const preset = writeValue(row.default);
  const unit = row.unit === undefined || preset === '' ? '' : ` ${row.unit}`;
  const start = preset === '' ? 'unset' : `default ${preset}${unit}`;
  const head = `  ${flagName(row.env)}  (${row.env}; ${start})`;
  return [head, ...wrap(`${row.help} Allowed: ${allowedText(row)}.`)].join('\n');
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && INDENT.length + line.length + 1 + word.length > WIDTH) {
      lines.push(INDENT + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, INDENT + line];
}

/**
 * The effective settings as lines `NAME=value   # where from`, which a shell can read back.
 * Secrets are masked.
 */
export function configListing(
  config: Config,
  origins: Readonly<Record<string, Origin>>,
  rows: Readonly<Record<string, SettingRow>> = CONFIG_ROWS,
): string {
  const values = config as Readonly<Record<string, Config[keyof Config]>>;
  const lines = Object.entries(rows).map(([name, row]) => {
    const text = writeValue(values[name] ?? null);
    const shown = row.secret === true && text !== '' ? '********' : quote(text);
    const where = origins[name] === 'flag' ? `flag ${flagName(row.env)}` : origins[name];
    return { setting: `${row.env}=${shown}`, where };
  });
  const width = Math.max(...lines.map(({ setting }) => setting.length));
  return lines.map(({ setting, where }) => `${setting.padEnd(width)}  # ${where}`).join('\n');
}

/** As a shell reads it. */
function quote(text: string): string {
  return /^[\w.,:/@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
