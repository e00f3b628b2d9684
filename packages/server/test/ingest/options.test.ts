import { expect, test } from 'vitest';
import { type OptionRow, readOptions } from '../../src/commands/options.ts';

const ROWS: readonly OptionRow[] = [
  { name: '--symbol', value: 'SYMBOL' },
  { name: '--klines', value: 'FILE', repeats: true },
  { name: '--json', value: null },
];

test('options in both forms between files, and everything behind -- is a file', () => {
  const args = ['a.csv', '--symbol', 'BTCUSDT', '--klines=x=1', 'b.csv', '--json'];
  const { values, files, problems } = readOptions([...args, '--klines', '-y', '--', '--z'], ROWS);
  expect(problems).toEqual([]);
  expect(files).toEqual(['a.csv', 'b.csv', '--z']);
  expect([...values]).toEqual([
    ['--symbol', ['BTCUSDT']],
    ['--klines', ['x=1', '-y']],
    ['--json', ['']],
  ]);
});

test.each([
  [['--symbol'], '--symbol: its value is missing: --symbol SYMBOL'],
  [['--symbol='], '--symbol: its value is missing: --symbol SYMBOL'],
  [['--symbol', '--json'], '--symbol: its value is missing: --symbol SYMBOL'],
  [['--symbol=A', '--symbol', 'B'], '--symbol is given twice; allowed: once'],
  [['--json=yes'], '--json takes no value'],
  [
    ['--simbol'],
    'unknown option --simbol; did you mean --symbol?; ' +
      'allowed: files and --symbol, --klines, --json, --help',
  ],
  [['-x'], 'unknown option -x; allowed: files and --symbol, --klines, --json, --help'],
])('%j', (args, problem) => {
  expect(readOptions(args, ROWS).problems).toEqual([problem]);
});
