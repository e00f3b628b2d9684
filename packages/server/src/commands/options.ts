import { nearMiss } from '../near-miss.ts';

/** An option of a command that takes files or the like. */
export interface OptionRow {
  /** Such as --symbol. */
  readonly name: string;
  /** What stands for its value in messages; null: it takes none. */
  readonly value: string | null;
  /** Whether it may be given several times. */
  readonly repeats?: boolean;
}

export interface ReadOptions {
  /** The values of each option that was given; one without a value has an empty text. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What is no option, in the order given; also everything behind `--`. */
  readonly files: readonly string[];
  /** Each names what was given and what is allowed. */
  readonly problems: readonly string[];
}

/**
 * Reads `--name value`, `--name=value` and files, in any order. Finds every problem.
 * @param operands what messages call that which is no option
 */
export function readOptions(
  args: readonly string[],
  rows: readonly OptionRow[],
  operands = 'files',
): ReadOptions {
  const values = new Map<string, string[]>();
  const files: string[] = [];
  const problems: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!;
    if (arg === '--') {
      files.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-')) {
      files.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const row = rows.find((each) => each.name === name);
    const next = args[i + 1];
    const nextIsValue = equals < 0 && next !== undefined && !next.startsWith('--');
    const value = equals < 0 ? (nextIsValue ? next : undefined) : arg.slice(equals + 1);
    if (row === undefined) {
      problems.push(unknownOption(name, rows, operands));
    } else if (row.value === null) {
      if (equals < 0) keep(values, row, '');
      else problems.push(`${name} takes no value`);
    } else if (value === undefined || value === '') {
      problems.push(`${name}: its value is missing: ${name} ${row.value}`);
    } else {
      if (!keep(values, row, value)) problems.push(`${name} is given twice; allowed: once`);
      if (nextIsValue) i += 1;
    }
  }
  return { values, files, problems };
}

/** @returns false when the option may be given only once, and was */
function keep(values: Map<string, string[]>, row: OptionRow, value: string): boolean {
  const given = values.get(row.name);
  if (given === undefined) values.set(row.name, [value]);
  else if (row.repeats === true) given.push(value);
  else return row.value === null;
  return true;
}

function unknownOption(given: string, rows: readonly OptionRow[], operands: string): string {
  const names = [...rows.map(({ name }) => name), '--help'];
  const meant = nearMiss(given.toLowerCase(), names);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return `unknown option ${given}${hint}; allowed: ${operands} and ${names.join(', ')}`;
}
