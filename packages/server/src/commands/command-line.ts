import { nearMiss } from '../near-miss.ts';
import { VERSION } from '../version.ts';
import type { Command, CommandIo } from './command.ts';

const EXIT_OK = 0;
const EXIT_CALLED_WRONGLY = 2;
const HELP_FLAGS = ['--help', '-h'];

/**
 * Finds the command that the arguments name and runs it. Without a command, or with flags only,
 * it is the first of the table.
 * @returns the exit code
 */
export async function runCommandLine(
  args: readonly string[],
  io: CommandIo,
  commands: readonly Command[],
): Promise<number> {
  const [first = '', ...others] = args;
  if (HELP_FLAGS.includes(first) || first === 'help') {
    const asked = commands.find(({ name }) => name === others[0]);
    io.stdout.write(`${asked?.help() ?? overview(commands)}\n`);
    return EXIT_OK;
  }
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${VERSION}\n`);
    return EXIT_OK;
  }
  const flagsOnly = first === '' || first.startsWith('-');
  const command = flagsOnly ? commands[0] : commands.find(({ name }) => name === first);
  if (command === undefined) {
    io.stderr.write(`tidegauge: ${unknownCommand(first, commands)}\n`);
    return EXIT_CALLED_WRONGLY;
  }
  const rest = flagsOnly ? args : others;
  if (rest.some((arg) => HELP_FLAGS.includes(arg))) {
    io.stdout.write(`${command.help()}\n`);
    return EXIT_OK;
  }
  return command.run(rest, io);
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Tidegauge: a live Bitcoin price that asks no exchange, and maps of liquidations to come.',
    '',
    'Usage: tidegauge [command] [flags]',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `Without a command it is ${commands[0]!.name}. Every command has --help.`,
    'tidegauge --version prints the version.',
  ].join('\n');
}

function unknownCommand(given: string, commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const meant = nearMiss(given.toLowerCase(), names);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  const shown = given.length > 40 ? `${given.slice(0, 40)}…` : given;
  return `there is no command '${shown}'; allowed: ${names.join(', ')}.${hint}`;
}
