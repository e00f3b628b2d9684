/** The real server as its own process, ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../packages/server/bin/tidegauge.mjs', import.meta.url));

export interface RealServer {
  readonly url: string;
  readonly port: number;
  /** Ends the process and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * Starts the server with its demo and resolves once it listens; port 0 is any free one.
 *
 * @param settings variables of the environment
 */
export async function startServer(
  port = 0,
  settings: Readonly<Record<string, string>> = {},
): Promise<RealServer> {
  const flags = ['--port', String(port), '--log-format', 'json'];
  const child = spawn(process.execPath, [COMMAND, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, BITCOIN_ZMQ_TX: '', BITCOIN_ZMQ_BLOCK: '', ...settings },
  });
  const url = await listeningUrl(child);
  return {
    url,
    port: Number(new URL(url).port),
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

/** The address that the log names; rejects with all that was printed when the process ends. */
function listeningUrl(child: ChildProcess): Promise<string> {
  const printed: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (line) => {
        printed.push(line);
        const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
    child.on('error', reject);
    child.on('exit', (code) => {
      reject(new Error(`the server ended with ${code}:\n${printed.join('\n')}`));
    });
  });
}
