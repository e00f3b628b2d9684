/** Reads the files that `tidegauge replay` takes: what is in them, not what it means. */
import { readFile } from 'node:fs/promises';
import { readLines } from './read-lines.ts';

/** One thing to replay, with where it stood for messages about it. */
export type ReplayItem = { readonly where: string } & (
  | {
      /** A block of which only the voting outputs are known. */
      readonly kind: 'outputs';
      readonly timeSec: number;
      readonly height: number;
      readonly amountsSats: readonly number[];
    }
  | { readonly kind: 'block'; readonly bytes: Uint8Array }
  | { readonly kind: 'transaction'; readonly bytes: Uint8Array }
  /** The transactions since the last end stand in the mempool together. */
  | { readonly kind: 'mempool_end' }
  | { readonly kind: 'problem'; readonly reason: string }
);

export const REPLAY_ENDINGS: readonly string[] = [
  '.ndjson',
  '.ndjson.gz',
  '.raw',
  '.blk',
  '.hex',
  '.hex.gz',
];

/** A block's header has 32 bits for its time; above stand milliseconds taken for seconds. */
const TIME_SEC_MAX = 0xffffffff;

/** Whether the name ends as one of the kinds of file that can be replayed. */
export function isReplayFile(path: string): boolean {
  return REPLAY_ENDINGS.some((ending) => path.endsWith(ending));
}

/**
 * What is in a file, in order. A line that is wrong comes as a `problem`, the ones after it still
 * come. Of a file that cannot be read to its end, what was read comes before the error.
 *
 * @throws what the file system or gunzip reports
 */
export async function* readReplayFile(path: string): AsyncGenerator<ReplayItem> {
  if (path.endsWith('.raw') || path.endsWith('.blk')) {
    yield { kind: 'block', where: path, bytes: await readFile(path) };
  } else if (path.endsWith('.ndjson') || path.endsWith('.ndjson.gz')) {
    yield* readBlockLines(path);
  } else {
    yield* readTransactionLines(path);
  }
}

async function* readBlockLines(path: string): AsyncGenerator<ReplayItem> {
  let number = 0;
  for await (const line of readLines(path)) {
    number += 1;
    if (line.trim() !== '') yield parseBlockLine(line, `${path}:${number}`);
  }
}

async function* readTransactionLines(path: string): AsyncGenerator<ReplayItem> {
  let number = 0;
  try {
    for await (const line of readLines(path)) {
      number += 1;
      const hex = line.trim();
      if (hex === '') continue;
      const where = `${path}:${number}`;
      const bytes = Buffer.from(hex, 'hex');
      if (bytes.length * 2 === hex.length) yield { kind: 'transaction', where, bytes };
      else yield { kind: 'problem', where, reason: 'not a transaction in hex' };
    }
  } catch (error) {
    // Else what was read before the file broke off would be counted to the next file's mempool.
    yield { kind: 'mempool_end', where: path };
    throw error;
  }
  yield { kind: 'mempool_end', where: path };
}

function parseBlockLine(line: string, where: string): ReplayItem {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'problem', where, reason: 'not JSON' };
  }
  if (typeof value !== 'object' || value === null) {
    return { kind: 'problem', where, reason: 'not an object {"height","time","outputs"}' };
  }
  const { height, time, outputs } = value as Record<string, unknown>;
  if (!isCount(time) || time > TIME_SEC_MAX) return wrong(where, 'time', time, 'unix seconds');
  if (!isCount(height)) return wrong(where, 'height', height, 'a block height');
  if (!Array.isArray(outputs)) return wrong(where, 'outputs', outputs, 'a list of satoshi');
  const bad: unknown = outputs.find((amount) => !isCount(amount));
  if (bad !== undefined) return wrong(where, 'outputs', bad, 'satoshi as whole numbers');
  return { kind: 'outputs', where, timeSec: time, height, amountsSats: outputs as number[] };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function wrong(where: string, field: string, given: unknown, allowed: string): ReplayItem {
  const shown = (JSON.stringify(given) ?? 'missing').slice(0, 40);
  return { kind: 'problem', where, reason: `${field} is ${shown}, allowed: ${allowed}` };
}
