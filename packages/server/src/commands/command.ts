/** What a command may touch of the process: tests pass their own. */
export interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One word of `tidegauge <command>`: a row of the command table in command-line.ts. */
export interface Command {
  readonly name: string;
  /** One line for the list of `tidegauge --help`. */
  readonly summary: string;
  /** The text of `tidegauge <name> --help`, without a trailing newline. */
  help(): string;
  /**
   * Runs to its end.
   * @param args what stands behind the command's name; `--help` never arrives here
   * @returns the exit code: 0 done, 1 failed, 2 called wrongly (the reason stands on stderr)
   */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}
