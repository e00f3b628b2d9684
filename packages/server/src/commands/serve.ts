import { AccessError } from '../access/open-access.ts';
import type { Clock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { settingsHelp } from '../config-help.ts';
import { createLog, type Log } from '../log.ts';
import { StoreError } from '../store/store.ts';
import type { Command } from './command.ts';
import { problemsText } from './config.ts';
import { Ending, type ProcessPort } from './ending.ts';
import { listenProblem } from './listen-problem.ts';

/** A built server, not yet running. */
export interface StreamServer {
  /**
   * Listens and begins to stream. Rejects with the system's error when it cannot listen.
   * @returns where the page is
   */
  start(): Promise<string>;
  clients(): number;
  /**
   * Takes no more clients, tells those there are when to come back, and ends everything.
   * Resolves once nothing is open; also for a server that never started.
   */
  drain(): Promise<void>;
}

/**
 * Opens what the settings name. Rejects with a StoreError when its history cannot be opened, with
 * an AccessError when its keys cannot be read.
 */
export type BuildServer = (config: Config, log: Log) => Promise<StreamServer>;

/** `tidegauge serve`: runs until it is told to stop. */
export function serveCommand(build: BuildServer, clock: Clock, port: ProcessPort): Command {
  return {
    name: 'serve',
    summary: 'run the server: page, WebSocket and REST (the default)',
    help: serveHelp,
    run: async (args, io) => {
      const loaded = loadConfig(args, io.env);
      if (!loaded.ok) {
        io.stderr.write(problemsText(loaded.problems));
        return 2;
      }
      const { config } = loaded;
      const log = createLog(io.stdout, { level: config.logLevel, format: config.logFormat });
      const ending = new Ending(port, clock, log);
      for (const warning of loaded.warnings) log.warn({}, warning);
      const server = await built(build, config, log);
      if ('exitCode' in server) {
        io.stderr.write(server.text);
        ending.dispose();
        return server.exitCode;
      }
      try {
        const url = await server.start();
        log.info({ url }, `Tidegauge is up: ${url}`);
      } catch (error) {
        io.stderr.write(`tidegauge: ${listenProblem(error, config.host, config.port)}\n`);
        await server.drain();
        ending.dispose();
        return 1;
      }
      const { why, exitCode } = await ending.asked;
      log.info({ event: 'drain', why, clients: server.clients() }, 'stopping');
      await server.drain();
      log.info({ event: 'stopped' }, 'stopped');
      ending.dispose();
      return exitCode;
    },
  };
}

interface NotBuilt {
  readonly text: string;
  readonly exitCode: number;
}

/** The server, or what keeps it from being built. */
async function built(
  build: BuildServer,
  config: Config,
  log: Log,
): Promise<StreamServer | NotBuilt> {
  try {
    return await build(config, log);
  } catch (error) {
    if (error instanceof StoreError) return { text: `tidegauge: ${error.message}\n`, exitCode: 1 };
    if (error instanceof AccessError) return { text: problemsText(error.problems), exitCode: 2 };
    throw error;
  }
}

function serveHelp(): string {
  return [
    'Usage: tidegauge serve [flags]',
    '',
    'Runs the server: the page at /, WebSockets at /ws/mempool (the price) and /ws/heatmap (the',
    'liquidation maps), REST at /health, /api/v1/... and /liquidations/heatmap-timeseries, counts at',
    '/ws/stats and, for Prometheus, /metrics.',
    'With a Bitcoin node (version 25 or later) that has in its bitcoin.conf',
    '  zmqpubrawtx=tcp://127.0.0.1:28332',
    '  zmqpubrawblock=tcp://127.0.0.1:28333',
    'the price is the real one:',
    '  tidegauge serve --bitcoin-zmq-tx tcp://127.0.0.1:28332 \\',
    '                  --bitcoin-zmq-block tcp://127.0.0.1:28333',
    'Without one it runs a demo on made-up transactions, marked as such everywhere.',
    'So it does for the futures markets; with history from tidegauge ingest, --venues files shows',
    'the maps of that.',
    'SIGTERM or Ctrl-C stops it in order; a second one at once.',
    '',
    'Flags (or environment):',
    settingsHelp(),
  ].join('\n');
}
