/** Real blocks and transactions, which lie beside the repository; tests skip where they do not. */
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const folder = fileURLToPath(new URL('../../../../shared/data/bitcoin/', import.meta.url));

export const sharedDataIsThere: boolean = existsSync(folder);
if (!sharedDataIsThere) {
  console.warn('tidegauge: ../shared/data is not there: the tests on real blocks are left out');
}

export const blockHeights: readonly number[] = [300025, 413567, 702861, 866342];

export function readBlock(height: number): Uint8Array {
  return new Uint8Array(readFileSync(`${folder}block-${height}.raw`));
}

export function readMempool(): Uint8Array[] {
  const text = gunzipSync(readFileSync(`${folder}mempool-2024-03-14.hex.gz`)).toString('latin1');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => new Uint8Array(Buffer.from(line, 'hex')));
}

export interface CoreVector {
  readonly bytes: Uint8Array;
  readonly flags: string;
  /** The comments above the vector, which say what it is about. */
  readonly about: string;
}

/** Bitcoin Core's tx_valid.json or tx_invalid.json. */
export function readCoreVectors(name: 'tx_valid' | 'tx_invalid'): CoreVector[] {
  const rows: unknown[][] = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));
  const vectors: CoreVector[] = [];
  let about = '';
  for (const [first, hex, flags] of rows) {
    if (typeof first === 'string') {
      about = `${about} ${first}`.trim();
    } else {
      vectors.push({
        bytes: new Uint8Array(Buffer.from(String(hex), 'hex')),
        flags: String(flags),
        about,
      });
      about = '';
    }
  }
  return vectors;
}

export function hash256(data: Uint8Array): Uint8Array {
  return hash('sha256', hash('sha256', data, 'buffer'), 'buffer');
}
