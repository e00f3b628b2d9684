/** A message with one thing wrong in it, for each thing that can be wrong. */

const HOLE = '"a value goes here"';

/** JSON of values that no field of ours may have, or that few may. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '""',
  '"x"',
  '"95000"',
  '"NaN"',
  '0',
  '-1',
  '1.5',
  '9007199254740993',
  '5e-324',
  '1e308',
  '-1e308',
  '1e999',
  '[]',
  '[null]',
  '[[],[]]',
  '{}',
  '{"__proto__":{"polluted":1}}',
  '{"toString":1,"length":-1}',
  `${'['.repeat(500)}${']'.repeat(500)}`,
  `"${'x'.repeat(500)}"`,
];

type Path = readonly (string | number)[];

/** These two have tests of their own: what is wrong with them ends the line. */
function endsLine(path: Path, value: string): boolean {
  return (path[0] === 'seq' && value === '0') || path[0] === 'protocol';
}

/**
 * @param message a right one
 * @param seq of the first; each next one has the next, so that none is left out as old
 * @returns texts to send, each with one field replaced or left out
 */
export function* spoiled(message: object, seq: number): Iterable<string> {
  let next = seq;
  const numbered = (): object => ('seq' in message ? { ...message, seq: next++ } : message);
  for (const path of pathsOf(message)) {
    if (!endsLine(path, '')) yield JSON.stringify(without(numbered(), path));
    const hollow = (): string => JSON.stringify(replaced(numbered(), path, JSON.parse(HOLE)));
    for (const value of VALUES) {
      if (!endsLine(path, value)) yield hollow().replace(HOLE, value);
    }
    if (!endsLine(path, ''))
      yield hollow().replace(/"[^"]*":"a value goes here"/, '"__proto__":{"polluted":1}');
  }
}

function* pathsOf(value: unknown, above: Path = []): Iterable<Path> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    const path = [...above, key];
    yield path;
    yield* pathsOf((value as Record<string | number, unknown>)[key], path);
  }
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const inner = replaced((value as Record<string | number, unknown>)[key], rest, by);
  if (Array.isArray(value)) return value.with(key as number, inner);
  return { ...(value as object), [key]: inner };
}

function without(value: unknown, [key, ...rest]: Path): unknown {
  const fields = value as Record<string | number, unknown>;
  const inner = rest.length > 0 ? without(fields[key!], rest) : undefined;
  if (Array.isArray(value)) {
    return inner === undefined
      ? value.toSpliced(key as number, 1)
      : value.with(key as number, inner);
  }
  return { ...(value as object), [key!]: inner };
}
