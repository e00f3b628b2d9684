import pino from 'pino';
import pretty from 'pino-pretty';

/**
 * Structured lines: fields first, then the words. An event that operators look for stands in the
 * field `event` (source_lost, source_degraded, slow_consumer, drain; docs/reference/cli.md has all).
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly format: 'auto' | 'json' | 'pretty';
}

/** A log to a stream: one JSON object a line, or pretty when that is a terminal. */
export function createLog(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  { level, format }: LogOptions,
): Log {
  const terminal = stream.isTTY === true;
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (format === 'json' || (format === 'auto' && !terminal)) return pino(options, stream);
  const lines = pretty({
    colorize: terminal,
    destination: stream,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
    ignore: 'event',
    sync: true,
  });
  return pino(options, lines);
}
