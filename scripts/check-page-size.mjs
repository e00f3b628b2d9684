/** Holds the dashboard's first load to its budget: everything the page fetches at once, gzipped. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { root } from './setup.mjs';

const BUDGET_BYTES = 60 * 1024;
const dist = path.join(root, 'packages', 'web', 'dist');
const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
);
const totalBytes = files.reduce(
  (sum, entry) =>
    sum + gzipSync(readFileSync(path.join(entry.parentPath, entry.name)), { level: 9 }).length,
  0,
);
console.log(`page: ${totalBytes} of ${BUDGET_BYTES} bytes gzip in ${files.length} files`);
process.exitCode = totalBytes <= BUDGET_BYTES ? 0 : 1;
