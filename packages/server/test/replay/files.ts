/** Files of a test, in a directory of its own that is removed afterwards. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a file into a new directory; returns its path. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const directory = newDirectory();
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

/** A path at which there is nothing. */
export function missingFile(name: string): string {
  return path.join(newDirectory(), name);
}

function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-replay-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** All that an async iterable brings, and the error that it ends with if it does. */
export async function drained<T>(
  items: AsyncIterable<T>,
): Promise<{ items: T[]; error: Error | null }> {
  const seen: T[] = [];
  try {
    for await (const item of items) seen.push(item);
  } catch (error) {
    return { items: seen, error: error as Error };
  }
  return { items: seen, error: null };
}
