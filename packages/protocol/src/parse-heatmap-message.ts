import {
  SYMBOLS_PER_MESSAGE_MAX,
  UPDATE_INTERVAL_SEC_MAX,
  UPDATE_INTERVAL_SEC_MIN,
} from './limits.ts';
import type { ResumePosition } from './messages.ts';
import {
  invalid,
  type ParseResult,
  type PingRequest,
  quoteJson,
  readAction,
  readFields,
  readPing,
} from './read-client-message.ts';
import { readResume } from './read-resume.ts';

/** What a client of /ws/heatmap may ask for. Symbols are as given, each once. */
export type HeatmapRequest =
  | PingRequest
  | {
      readonly kind: 'subscribe';
      readonly symbols: readonly string[];
      /** Null: the server's own. */
      readonly intervalSec: number | null;
      /** By symbol: what the client has. */
      readonly resume: ReadonlyMap<string, ResumePosition>;
    }
  | { readonly kind: 'unsubscribe'; readonly symbols: readonly string[] };

const FORMS =
  '{"action":"subscribe","symbols":["BTCUSDT"]}, ' +
  '{"action":"unsubscribe","symbols":["BTCUSDT"]} or {"action":"ping"}';
const ACTIONS = ['subscribe', 'unsubscribe', 'ping'] as const;

/** Reads one client message of /ws/heatmap. Never throws, whatever the text. */
export function parseHeatmapMessage(text: string): ParseResult<HeatmapRequest> {
  const read = readFields(text, FORMS);
  if (!read.ok) return read;
  const fields = read.message;
  const action = readAction(text, fields, ACTIONS, FORMS);
  if (!action.ok) return action;
  if (action.message === 'ping') return readPing(fields);
  const symbols = readSymbols(fields.symbols);
  if (typeof symbols === 'string') return invalid(symbols);
  if (action.message === 'unsubscribe') {
    return { ok: true, message: { kind: 'unsubscribe', symbols } };
  }
  const intervalSec = readInterval(fields.update_interval);
  if (typeof intervalSec === 'string') return invalid(intervalSec);
  const resume = readResume(fields.resume, '{"BTCUSDT":{"epoch":"k3x9","seq":41}}');
  if (typeof resume === 'string') return invalid(resume);
  return { ok: true, message: { kind: 'subscribe', symbols, intervalSec, resume } };
}

/** Each symbol once; text: an error. */
function readSymbols(given: unknown): readonly string[] | string {
  const allowed = `a list of 1 to ${SYMBOLS_PER_MESSAGE_MAX} symbols such as ["BTCUSDT"]`;
  if (given === undefined) return `symbols is missing; it must be ${allowed}`;
  if (!Array.isArray(given) || given.length === 0) {
    return `symbols must be ${allowed}, not ${quoteJson(given)}`;
  }
  const names: readonly unknown[] = given;
  if (names.length > SYMBOLS_PER_MESSAGE_MAX) {
    return `symbols has ${names.length} names; allowed are at most ${SYMBOLS_PER_MESSAGE_MAX}`;
  }
  const strings = names.filter((name) => typeof name === 'string');
  if (strings.length !== names.length) return `symbols must be ${allowed}, not ${quoteJson(given)}`;
  return [...new Set(strings)];
}

/** Seconds; null when absent; text: an error. */
function readInterval(given: unknown): number | null | string {
  if (given === undefined || given === null) return null;
  const fits =
    typeof given === 'number' &&
    given >= UPDATE_INTERVAL_SEC_MIN &&
    given <= UPDATE_INTERVAL_SEC_MAX;
  if (fits) return given;
  return (
    `update_interval must be a number of seconds from ${UPDATE_INTERVAL_SEC_MIN} ` +
    `to ${UPDATE_INTERVAL_SEC_MAX}, not ${quoteJson(given)}`
  );
}
