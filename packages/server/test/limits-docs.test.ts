/** docs/reference/limits.md against the code: no limit is missing there, and none is another. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as wire from '../../protocol/src/limits.ts';
import * as access from '../src/access/limits.ts';
import { CONFIG_ROWS } from '../src/config-table.ts';
import type { SettingRow } from '../src/config-values.ts';
import * as http from '../src/http/limits.ts';
import * as hub from '../src/hub/limits.ts';
import * as workers from '../src/workers/limits.ts';

/** Numbers that choose something and limit nothing. */
const NO_LIMITS = ['PORT', 'DEMO_SEED'];

const page = readFileSync(new URL('../../../docs/reference/limits.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .map((line) => /^\| `([\w.]+)` \| ([^|]*) \|/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, value]) => ({ name: name!, value: value! }));

/** `NAME` and the value as it stands on the page, of every number in a file of limits. */
function constantsOf(limits: object): { name: string; value: string }[] {
  const constants: [string, number | object][] = Object.entries(limits);
  return constants.flatMap(([name, value]) =>
    typeof value === 'number'
      ? [{ name, value: written(name, value) }]
      : Object.entries(value).map(([field, part]: [string, number]) => ({
          name: `${name}.${field}`,
          value: written(field, part),
        })),
  );
}

/** The unit stands in the name. */
function written(name: string, value: number): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  const units = { BYTES_PER_MS: 'bytes/ms', MS: 'ms', SEC: 's', BYTES: 'bytes' };
  const unit = Object.entries(units).find(([word]) => `_${words}_`.includes(`_${word}_`))?.[1];
  return [value.toLocaleString('en-US'), unit].filter((part) => part !== undefined).join(' ');
}

function settingLimit(row: SettingRow): { name: string; value: string }[] {
  const numeric = row.type === 'integer' || row.type === 'number';
  if (!numeric || NO_LIMITS.includes(row.env)) return [];
  const value = [row.default.toLocaleString('en-US'), row.unit];
  return [{ name: row.env, value: value.filter((part) => part !== undefined).join(' ') }];
}

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

describe('docs/reference/limits.md', () => {
  test('has every limit once, with its value and unit', () => {
    const constants = [wire, hub, http, access, workers].flatMap(constantsOf);
    const expected = [...Object.values(CONFIG_ROWS).flatMap(settingLimit), ...constants];
    expect(rows.toSorted(byName)).toEqual(expected.toSorted(byName));
  });

  test('says of each what happens there', () => {
    const silent = page
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.split('|')[3]?.trim() === '');
    expect(silent).toEqual([]);
  });
});
