import { loadConfig } from '../config.ts';
import { configListing, settingsHelp } from '../config-help.ts';
import type { Command } from './command.ts';

/** `tidegauge config`: what the settings come to, and where each came from. */
export const configCommand: Command = {
  name: 'config',
  summary: 'print the effective settings and where each came from',
  help: () =>
    [
      'Usage: tidegauge config [flags]',
      '',
      'Prints the settings that `tidegauge serve` with the same flags and environment would use,',
      'as NAME=value lines; what stands behind # says where the value came from.',
      '',
      'Flags (or environment):',
      settingsHelp(),
    ].join('\n'),
  run: (args, io) => {
    const loaded = loadConfig(args, io.env);
    if (!loaded.ok) {
      io.stderr.write(problemsText(loaded.problems));
      return Promise.resolve(2);
    }
    io.stdout.write(`${configListing(loaded.config, loaded.origins)}\n`);
    for (const warning of loaded.warnings) io.stderr.write(`tidegauge: ${warning}\n`);
    return Promise.resolve(0);
  },
};

/** All problems of the settings, one a line. */
export function problemsText(problems: readonly string[]): string {
  const lines = problems.map((problem) => `tidegauge: ${problem}\n`);
  return `${lines.join('')}tidegauge: see tidegauge serve --help for what is allowed\n`;
}
