import {
  CHANNELS,
  type Channel,
  encodeMempoolFrame,
  REFUSALS,
  type ResumePosition,
} from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { type LostSource, lostWarning } from '../hub/lost-source.ts';
import { beginningOf, type ChannelStates, type Publication } from '../hub/publication.ts';
import { type Answer, jsonAnswer, refusalAnswer } from './answer.ts';
import { ClientTurns } from './client-turns.ts';
import { GZIP_BYTES_MIN } from './content-encoding.ts';
import { SHARED_MS, SHORT_ANSWER_TURNS } from './limits.ts';
import { QueryReader } from './query-reader.ts';
import { type Route, shorten } from './router.ts';
import { SharedAnswers } from './shared-answers.ts';

/**
 * Of long answers, up to 0.7 MB each, packed and not: whoever asks for ever other ones fills no
 * memory. What clients ask for differs little.
 */
const SHARED_MAX = 64;
const COMMA = Buffer.from(',');
/** `price:k3x9:812`: a name, an epoch, and a whole number from 1 on that fits into a double. */
const RESUMED = /^([^:]*):([^:]+):([1-9]\d{0,14})$/;
const RESUME_ALLOWED =
  'a list of a channel, its epoch and its last seq, such as price:k3x9:812,transactions:k3x9:17';

/** What the channels of the price are read from. */
export interface MempoolView {
  /** True when the price is made up. */
  readonly demo: boolean;
  readonly states: ChannelStates;
  readonly updateIntervalMs: number;
}

interface MempoolQuestion {
  readonly channels: readonly Channel[];
  /** By channel: what the client has. */
  readonly resume: ReadonlyMap<Channel, ResumePosition>;
}

/**
 * The twin of /ws/mempool for those who cannot have a WebSocket: what it would send to whoever
 * subscribes with the same positions.
 * @param lostSource the source of the price while it is lost, else null
 */
export function mempoolRoute(
  view: MempoolView,
  clock: Clock,
  lostSource: () => LostSource | null = () => null,
): Route {
  const turns = new ClientTurns(clock, SHORT_ANSWER_TURNS);
  // No longer than an interval: `time` tells clients what the server's clock says.
  const keptMs = Math.min(view.updateIntervalMs, SHARED_MS);
  const shared = new SharedAnswers(clock, { keptMs, sharedMax: SHARED_MAX });
  return {
    path: '/api/v1/mempool',
    parameters: ['channels', 'resume'],
    answer: async (request) => {
      const reader = new QueryReader(request.query);
      const question = readQuestion(reader);
      if (reader.problems.length > 0) {
        return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
      }
      return turns.run(request, async () => {
        const due = dueTo(question, view.states);
        const lost = lostSource();
        const make = async (): Promise<Answer> => mempoolAnswer(view, lost, due, clock.nowSec());
        return isLong(due) ? shared.answer(nameOf(lost, due), request.signal, make) : make();
      });
    },
  };
}

function dueTo(
  { channels, resume }: MempoolQuestion,
  states: ChannelStates,
): readonly Publication[] {
  return channels.flatMap((each) => beginningOf(states, each, resume.get(each)));
}

/** Long enough to be packed, which costs more than all the rest. */
function isLong(due: readonly Publication[]): boolean {
  return due.reduce((sum, { bytes }) => sum + bytes.length, 0) >= GZIP_BYTES_MIN;
}

/** The same for all who are told the same, whatever they have asked. */
function nameOf(lost: LostSource | null, due: readonly Publication[]): string {
  return JSON.stringify([lost, due.map(({ channel, kind, seq }) => [channel, kind, seq])]);
}

/** Joins the messages as they were encoded for everybody. */
function mempoolAnswer(
  { demo, states, updateIntervalMs }: MempoolView,
  lost: LostSource | null,
  due: readonly Publication[],
  timeSec: number,
): Answer {
  const { start, end } = encodeMempoolFrame({
    epoch: states.epoch,
    timeSec,
    updateIntervalMs,
    demo,
  });
  const warnings = lost === null ? [] : [Buffer.from(lostWarning(lost))];
  const messages = [...warnings, ...due.map(({ bytes }) => bytes)].flatMap((bytes, at) =>
    at === 0 ? [bytes] : [COMMA, bytes],
  );
  return jsonAnswer(200, Buffer.concat([Buffer.from(start), ...messages, Buffer.from(end)]));
}

/** What is wrong with it stands in the reader's problems afterwards. */
function readQuestion(reader: QueryReader): MempoolQuestion {
  return { channels: readChannels(reader), resume: readPositions(reader) };
}

/** Each once, in the order given. */
function readChannels(reader: QueryReader): readonly Channel[] {
  const given = reader.text('channels');
  const allowed = `a list of ${CHANNELS.join(', ')}`;
  if (!reader.has('channels')) reader.refuse(`channels is missing; allowed is ${allowed}`);
  const names = given?.split(',') ?? [];
  const unknown = names.find((name) => !isChannel(name));
  if (unknown !== undefined) {
    reader.refuse(`channels has '${shorten(unknown)}'; allowed is ${allowed}`);
  }
  return [...new Set(names.filter(isChannel))];
}

/** An empty list is that of a client that has nothing yet. */
function readPositions(reader: QueryReader): ReadonlyMap<Channel, ResumePosition> {
  const positions = new Map<Channel, ResumePosition>();
  const given = reader.text('resume') ?? '';
  for (const each of given === '' ? [] : given.split(',')) {
    const [, name = '', epoch = '', seq] = RESUMED.exec(each) ?? [];
    if (!isChannel(name)) {
      reader.refuse(`resume has '${shorten(each)}'; allowed is ${RESUME_ALLOWED}`);
      break;
    }
    if (positions.has(name)) reader.refuse(`resume has ${name} twice; allowed is once`);
    positions.set(name, { epoch, seq: Number(seq) });
  }
  return positions;
}

function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name);
}
