import type { Log } from '../log.ts';
import { LOG_LINES_MAX } from './limits.ts';
import type { LogMessage } from './messages.ts';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export interface RemoteLogOptions {
  /** The least important kind of line that is wanted. */
  readonly level: (typeof LEVELS)[number];
  /** Called when there is a line to take. */
  readonly onLine: () => void;
}

/** The log of a worker: lines are taken from here and written by the main process. */
export class RemoteLog implements Log {
  readonly #options: RemoteLogOptions;
  #lines: LogMessage[] = [];
  #lost = 0;

  constructor(options: RemoteLogOptions) {
    this.#options = options;
  }

  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  /** All lines since the last call. */
  take(): LogMessage[] {
    const lines = this.#lines;
    this.#lines = [];
    if (this.#lost > 0) {
      const fields = { event: 'log_lost', lines: this.#lost };
      lines.push({ level: 'warn', fields, message: 'lines of the log are lost: too many at once' });
      this.#lost = 0;
    }
    return lines;
  }

  #add(level: LogMessage['level'], fields: object, message: string): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.#options.level)) return;
    if (this.#lines.length < LOG_LINES_MAX)
      this.#lines.push({ level, fields: plain(fields), message });
    else this.#lost++;
    this.#options.onLine();
  }
}

/** Errors as plain objects: of their own they would lose their code on the way. */
function plain(fields: object): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    return [name, value instanceof Error ? plainError(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

function plainError(error: Error): Record<string, unknown> {
  const { name, message, stack } = error;
  return { type: name, message, stack, ...('code' in error ? { code: error.code } : {}) };
}
