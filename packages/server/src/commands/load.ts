import { lookup } from 'node:dns/promises';
import { writeFileSync } from 'node:fs';
import { type Clock, every } from '../clock.ts';
import type { LoadPlan } from '../load/load-plan.ts';
import { type LoadReport, loadReport } from '../load/load-report.ts';
import { LoadRun } from '../load/load-run.ts';
import { limitProblem, processLimits } from '../load/process-limits.ts';
import { runLoad } from '../load/run-load.ts';
import { createLog } from '../log.ts';
import type { Command, CommandIo } from './command.ts';
import { Ending, type ProcessPort } from './ending.ts';
import { LineOutput } from './line-output.ts';
import { LOAD_NUMBERS, LOAD_URL_DEFAULT, readLoadArguments } from './load-options.ts';
import { progressText, reportText } from './load-text.ts';
import { ProgressLine } from './progress-line.ts';

const PROGRESS_MS = 500;

const HELP = `tidegauge load [URL] [options]

Connects many clients to a running server, counts what they are sent, and says what was lost, who
was closed or refused, how long messages took and what they weighed. All clients live in one
process and cost as little as they can, so that what is measured is the server.

URL: the server's; ${LOAD_URL_DEFAULT} when it is not given.

Options:
  --clients N                how many (${LOAD_NUMBERS['--clients'].default})
  --path PATH                /ws/mempool, or /ws/heatmap when --symbols are given
  --channels NAME,…          of /ws/mempool; full when not given
  --symbols SYMBOL,…         of /ws/heatmap
  --interval SECONDS         between two maps of a symbol (${LOAD_NUMBERS['--interval'].default})
  --ramp SECONDS             spreads the connecting; 0: as fast as the server answers (0)
  --duration SECONDS         once all are connected (${LOAD_NUMBERS['--duration'].default})
  --slow PERCENT             of the clients never read (0)
  --reconnect-storm SECONDS  cuts all connections at once each so often; all come back (never)
  --compression on|off|no-takeover
                             what clients offer (off)
  --verify PERCENT           of the clients inflate and parse everything; of compressed messages
                             only theirs are checked for losses and time (0)
  --key KEY                  for servers that want one
  --local-addresses ADDRESS,…
                             to connect from, in turn; also 127.0.0.2-127.0.0.40
  --json FILE                the report as JSON; - for stdout in place of the text
  --help                     this text

Ctrl-C ends it early with the report. Exit code: 0 all was well, 1 something was lost, refused,
closed, not valid or answered with an error, 2 called wrongly.

Example: 1,000 clients of the price, a tenth of which never reads
  tidegauge load --clients 1000 --channels price --slow 10`;

/** The address that a name stands for; a server on this machine usually listens on IPv4. */
async function addressOf(hostname: string): Promise<string> {
  return (await lookup(hostname, { order: 'ipv4first' })).address;
}

/** Runs the plan with a line of progress; ends early when that is asked for. */
async function measure(
  plan: LoadPlan,
  clock: Clock,
  io: CommandIo,
  ending: Ending,
): Promise<{ readonly report: LoadReport; readonly crashCode: number | null }> {
  const run = new LoadRun(plan, clock);
  const progress = new ProgressLine(io.stderr);
  let stoppedBy: string | null = null;
  let crashCode: number | null = null;
  void ending.asked.then(({ why, exitCode }) => {
    stoppedBy = why;
    if (why === 'crash') crashCode = exitCode;
    run.stop();
  });
  let messagesBefore = 0;
  const cancel = every(clock, PROGRESS_MS, () => {
    const { messages } = run.tally;
    const messagesPerSec = ((messages - messagesBefore) * 1000) / PROGRESS_MS;
    progress.draw(progressText(plan, run, messagesPerSec));
    messagesBefore = messages;
  });
  const phases = await runLoad(run, plan, clock);
  cancel();
  progress.clear();
  return { report: loadReport(plan, run, phases, stoppedBy !== null), crashCode };
}

/** `tidegauge load`: many clients for a running server. */
export function loadCommand(clock: Clock, port: ProcessPort): Command {
  return {
    name: 'load',
    summary: 'connect many clients to a running server and measure it',
    help: () => HELP,
    run: async (args, io) => {
      const given = readLoadArguments(args);
      const tell = (problem: string): void => {
        io.stderr.write(`tidegauge load: ${problem}\n`);
      };
      const problem = 'plan' in given ? limitProblem(given.plan, processLimits()) : null;
      if ('problems' in given || problem !== null) {
        for (const each of 'problems' in given ? given.problems : [problem!]) tell(each);
        return 2;
      }
      const { plan, hostname, jsonFile } = given;
      const ending = new Ending(
        port,
        clock,
        createLog(io.stderr, { level: 'warn', format: 'auto' }),
      );
      try {
        const address = await addressOf(hostname);
        const { report, crashCode } = await measure({ ...plan, address }, clock, io, ending);
        const json = JSON.stringify(report, null, 2);
        const output = new LineOutput(io.stdout, tell);
        await output.line(jsonFile === '-' ? json : reportText(report));
        await output.flush();
        if (jsonFile !== null && jsonFile !== '-') writeFileSync(jsonFile, `${json}\n`);
        return crashCode ?? (report.problems.length === 0 ? 0 : 1);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        tell((error as Error).message);
        return 1;
      } finally {
        ending.dispose();
      }
    },
  };
}
