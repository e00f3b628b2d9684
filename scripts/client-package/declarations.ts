import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const IMPORTED = /(\bfrom\s+|\bimport\(|^import\s+)(['"])([^'"]+)\2/gm;

/**
 * Writes the declarations that can be reached from an entry, and no others: what is internal has
 * none in the package. They import each other as `.js`, which every TypeScript finds.
 *
 * @param typesDir where the compiler put the declarations of the sources
 * @returns all of them
 * @throws Error when one imports anything but its neighbours: users do not have it
 */
export function writeDeclarations(typesDir: string, entry: string, outDir: string): string {
  mkdirSync(outDir, { recursive: true });
  const waiting = [entry];
  let all = '';
  const seen = new Set(waiting);
  for (const name of waiting) {
    const text = readFileSync(path.join(typesDir, name), 'utf8');
    const published = text.replaceAll(IMPORTED, (_all, before: string, quote: string, target) => {
      const neighbour = neighbourOf(String(target), name);
      if (!seen.has(neighbour)) waiting.push(neighbour);
      seen.add(neighbour);
      return `${before}${quote}./${neighbour.replace('.d.ts', '.js')}${quote}`;
    });
    writeFileSync(path.join(outDir, name), published);
    all += published;
  }
  return all;
}

function neighbourOf(target: string, name: string): string {
  const stem = /^\.\/([\w-]+)\.ts$/.exec(target)?.[1];
  if (stem !== undefined) return `${stem}.d.ts`;
  throw new Error(`${name} imports '${target}': public types may only import files beside them`);
}
