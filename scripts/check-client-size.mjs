/** Holds the client to its budget: the whole of it, minified and gzipped. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { buildClient, clientDist } from './build-client.mjs';

const BUDGET_BYTES = 6 * 1024;

await buildClient(process.execPath);
const minified = readFileSync(path.join(clientDist, 'tidegauge.min.js'));
const sizeBytes = gzipSync(minified, { level: 9 }).length;
console.log(`client: ${sizeBytes} of ${BUDGET_BYTES} bytes gzip (${minified.length} minified)`);
process.exitCode = sizeBytes <= BUDGET_BYTES ? 0 : 1;
