import {
  CHANNELS,
  type Channel,
  encodeMempoolFrame,
  REFUSALS,
  type ResumePosition,
} from '@tidegauge/protocol';
import type { Clock } from '../clock.ts';
import { beginningOf, type ChannelStates } from '../hub/publication.ts';
import { type Answer, jsonAnswer, refusalAnswer } from './answer.ts';
import { ClientTurns } from './client-turns.ts';
import { SHORT_ANSWER_TURNS } from './limits.ts';
import { QueryReader } from './query-reader.ts';
import { type Route, shorten } from './router.ts';

const COMMA = Buffer.from(',');
/** `price:812`: a name, and a whole number from 1 on that fits into a double. */
const RESUMED = /^([^:]*):([1-9]\d{0,14})$/;

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
 */
export function mempoolRoute(view: MempoolView, clock: Clock): Route {
  const turns = new ClientTurns(clock, SHORT_ANSWER_TURNS);
  return {
    path: '/api/v1/mempool',
    parameters: ['channels', 'epoch', 'resume'],
    answer: async (request) => {
      const reader = new QueryReader(request.query);
      const question = readQuestion(reader);
      if (reader.problems.length > 0) {
        return refusalAnswer(REFUSALS.invalidParameter, reader.problems.join('; '));
      }
      return turns.run(request, async () => mempoolAnswer(view, question, clock.nowSec()));
    },
  };
}

/** Joins the messages as they were encoded for everybody. */
function mempoolAnswer(
  { demo, states, updateIntervalMs }: MempoolView,
  { channels, resume }: MempoolQuestion,
  timeSec: number,
): Answer {
  const due = channels.flatMap((each) => beginningOf(states, each, resume.get(each)));
  const { start, end } = encodeMempoolFrame({
    epoch: states.epoch,
    timeSec,
    updateIntervalMs,
    demo,
  });
  const messages = due.flatMap(({ bytes }, at) => (at === 0 ? [bytes] : [COMMA, bytes]));
  return jsonAnswer(200, Buffer.concat([Buffer.from(start), ...messages, Buffer.from(end)]));
}

/** What is wrong with it stands in the reader's problems afterwards. */
function readQuestion(reader: QueryReader): MempoolQuestion {
  const channels = readChannels(reader);
  const epoch = reader.text('epoch');
  const seqs = readSeqs(reader);
  const resume = new Map<Channel, ResumePosition>();
  // Without its epoch a sequence says nothing.
  if (epoch !== null) for (const [channel, seq] of seqs) resume.set(channel, { epoch, seq });
  return { channels, resume };
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

function readSeqs(reader: QueryReader): ReadonlyMap<Channel, number> {
  const seqs = new Map<Channel, number>();
  for (const each of reader.text('resume')?.split(',') ?? []) {
    const [, name = '', seq] = RESUMED.exec(each) ?? [];
    if (!isChannel(name)) {
      const allowed = 'a list of a channel and its last seq, such as price:812,transactions:17';
      reader.refuse(`resume has '${shorten(each)}'; allowed is ${allowed}`);
      break;
    }
    if (seqs.has(name)) reader.refuse(`resume has ${name} twice; allowed is once`);
    seqs.set(name, Number(seq));
  }
  return seqs;
}

function isChannel(name: string): name is Channel {
  return (CHANNELS as readonly string[]).includes(name);
}
