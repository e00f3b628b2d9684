import { CHANNELS_PER_MESSAGE_MAX } from './limits.ts';
import { CHANNELS, type Channel, type ResumePosition } from './messages.ts';
import {
  type Fields,
  invalid,
  type ParseResult,
  type PingRequest,
  quoteJson,
  readAction,
  readFields,
  readPing,
} from './read-client-message.ts';
import { readResume } from './read-resume.ts';

/** What a client of /ws/mempool may ask for. */
export type MempoolRequest =
  | PingRequest
  | {
      readonly kind: 'channels';
      readonly subscribe: readonly Channel[];
      readonly unsubscribe: readonly Channel[];
      /** By channel: what the client has. */
      readonly resume: ReadonlyMap<string, ResumePosition>;
      /** Names that are no channel, in words; null when all were. The others count. */
      readonly rejected: string | null;
    };

const FORMS = '{"subscribe":"price"}, {"unsubscribe":"price"} or {"action":"ping"}';
const CHANNEL_LIST: string = CHANNELS.join(', ');

/** Reads one client message of /ws/mempool. Never throws, whatever the text. */
export function parseMempoolMessage(text: string): ParseResult<MempoolRequest> {
  const read = readFields(text, FORMS);
  if (!read.ok) return read;
  const fields = read.message;
  if ('subscribe' in fields || 'unsubscribe' in fields) return parseChannels(fields);
  const action = readAction(text, fields, ['ping'], FORMS);
  return action.ok ? readPing(fields) : action;
}

function parseChannels(fields: Fields): ParseResult<MempoolRequest> {
  const unknown: string[] = [];
  const subscribe = readNames('subscribe', fields, unknown);
  if (typeof subscribe === 'string') return invalid(subscribe);
  const unsubscribe = readNames('unsubscribe', fields, unknown);
  if (typeof unsubscribe === 'string') return invalid(unsubscribe);

  const resume = readResume(fields.resume, '{"transactions":{"epoch":"k3x9","seq":41}}');
  if (typeof resume === 'string') return invalid(resume);
  const rejected =
    unknown.length === 0
      ? null
      : `unknown channel ${unknown.map(quoteJson).join(', ')}; allowed: ${CHANNEL_LIST}`;
  if (rejected !== null && subscribe.length + unsubscribe.length === 0) return invalid(rejected);
  return { ok: true, message: { kind: 'channels', subscribe, unsubscribe, resume, rejected } };
}

/** The known channels of a field, each once; adds unknown names to `unknown`; text: an error. */
function readNames(
  field: 'subscribe' | 'unsubscribe',
  fields: Fields,
  unknown: string[],
): readonly Channel[] | string {
  const given = fields[field];
  if (!(field in fields)) return [];
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  const strings = names.filter((name) => typeof name === 'string');
  if (strings.length === 0 || strings.length !== names.length) {
    const wrong = `${field} must be a channel or a list of channels, not ${quoteJson(given)}`;
    return `${wrong}; allowed: ${CHANNEL_LIST}`;
  }
  if (names.length > CHANNELS_PER_MESSAGE_MAX) {
    return `${field} has ${names.length} names; allowed are at most ${CHANNELS_PER_MESSAGE_MAX}`;
  }
  unknown.push(...strings.filter((name) => !isChannel(name)));
  return [...new Set(strings.filter(isChannel))];
}

function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name);
}
