/**
 * The command line: every command with what it needs. `serve` opens its inputs (inputs.ts) and is
 * put together in build-server.ts; read that next.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { openAccess } from './access/open-access.ts';
import { buildServer } from './build-server.ts';
import { systemClock } from './clock.ts';
import { backtestCommand } from './commands/backtest.ts';
import { runCommandLine } from './commands/command-line.ts';
import { configCommand } from './commands/config.ts';
import { ingestCommand } from './commands/ingest.ts';
import { loadCommand } from './commands/load.ts';
import { replayCommand } from './commands/replay.ts';
import { type BuildServer, serveCommand } from './commands/serve.ts';
import { openInputs } from './inputs.ts';
import { createLog } from './log.ts';
import { PricePipeline } from './pipelines/price-pipeline.ts';
import { steadyClock } from './steady-clock.ts';
import { openStore } from './store/open-store.ts';

const PAGE_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));
/** A command that has returned but left something open is ended after this. */
const LINGER_MS = 2_000;

/** Runs the command line. */
export async function main(args: readonly string[]): Promise<void> {
  const clock = steadyClock(systemClock);
  const build: BuildServer = async (config, log) =>
    buildServer({
      config,
      log,
      clock,
      access: await openAccess(config, clock, log),
      ...(await openInputs(config, log, clock)),
      pipeline: new PricePipeline({ windowSec: config.mempoolWindowHours * 3600 }),
      pageDirectory: PAGE_DIRECTORY,
      random: Math.random,
    });
  const stderrLog = createLog(process.stderr, { level: 'warn', format: 'auto' });
  const commands = [
    serveCommand(build, clock, process),
    ingestCommand((directory) => openStore({ directory, log: stderrLog, clock }), clock, process),
    backtestCommand(clock),
    replayCommand,
    loadCommand(clock, process),
    configCommand,
  ];
  const io = { stdout: process.stdout, stderr: process.stderr, env: process.env };
  const code = await runCommandLine(args, io, commands);
  process.exitCode = code;
  setTimeout(() => process.exit(code), LINGER_MS).unref();
}
