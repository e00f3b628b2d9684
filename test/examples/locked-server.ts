import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { startServer } from '../e2e/real-server.ts';

export const KEY = '5f1c0c8e2b7d4a69a3e0b1f2';

/** A server that asks for the key, ended with the test. @returns its address, for WebSockets */
export async function lockedServer(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
  const keys = path.join(directory, 'keys');
  writeFileSync(keys, `test:${KEY}\n`);
  const server = await startServer(0, { API_KEYS_FILE: keys });
  onTestFinished(async () => {
    await server.end('SIGKILL');
    rmSync(directory, { recursive: true });
  });
  return server.url.replace('http', 'ws').replace(/\/$/, '');
}
