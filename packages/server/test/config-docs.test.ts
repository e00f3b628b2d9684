import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONFIG_ROWS } from '../src/config-table.ts';
import { allowedText, type SettingRow, writeValue } from '../src/config-values.ts';

/** The row of docs/reference/config.md for a setting. */
function documented(row: SettingRow): string {
  const preset = writeValue(row.default);
  const unit = row.unit === undefined || preset === '' ? '' : ` ${row.unit}`;
  const start = preset === '' ? 'unset' : `${preset}${unit}`;
  return `| \`${row.env}\` | ${start} | ${row.help} | ${allowedText(row)} |`;
}

test('docs/reference/config.md has each setting as the table has it, in its order', () => {
  const file = new URL('../../../docs/reference/config.md', import.meta.url);
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(Object.values(CONFIG_ROWS).map(documented));
});
