import {
  CHANNELS,
  type Channel,
  DEFAULT_CHANNEL,
  encodeWarning,
  MEMPOOL_PATH,
  type MempoolRequest,
  parseMempoolMessage,
  type WarningMessage,
} from '@tidegauge/protocol';
import type { Dialogue, Endpoint, Recipient } from './endpoint.ts';
import type { ChannelStates, Publication } from './publication.ts';

/** /ws/mempool: every client gets each publication of the channels that it subscribed to. */
export class MempoolEndpoint implements Endpoint {
  readonly path: string = MEMPOOL_PATH;
  readonly states: ChannelStates;
  readonly hello: () => string;
  readonly #dialogues: Set<MempoolDialogue> = new Set();

  constructor(states: ChannelStates, hello: () => string) {
    this.states = states;
    this.hello = hello;
  }

  open(recipient: Recipient): Dialogue {
    const dialogue = new MempoolDialogue(recipient, this.states, () => {
      this.#dialogues.delete(dialogue);
    });
    this.#dialogues.add(dialogue);
    return dialogue;
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#dialogues.size;
  }

  /** Hands what was published at one moment to every client that subscribed to it. */
  publish(batch: readonly Publication[]): void {
    for (const dialogue of this.#dialogues) dialogue.deliver(batch);
  }

  /** Warns every client. */
  warn(warning: Omit<WarningMessage, 'type'>): void {
    const text = encodeWarning(warning);
    for (const dialogue of this.#dialogues) dialogue.recipient.control(text);
  }
}

/** The channels of one client. */
class MempoolDialogue implements Dialogue {
  readonly recipient: Recipient;
  readonly end: () => void;
  readonly #states: ChannelStates;
  #channels: ReadonlySet<string> = new Set();
  #chosen = false;

  constructor(recipient: Recipient, states: ChannelStates, end: () => void) {
    this.recipient = recipient;
    this.#states = states;
    this.end = end;
  }

  begin(): void {
    this.#subscribe([DEFAULT_CHANNEL]);
  }

  deliver(batch: readonly Publication[]): void {
    const due = batch.filter(({ channel }) => this.#channels.has(channel));
    if (due.length > 0) this.recipient.deliver(due);
  }

  message(text: string): void {
    const result = parseMempoolMessage(text);
    if (result.ok) this.#obey(result.message);
    else this.recipient.error(result.code, result.message);
  }

  /** The rhythm is the same for all clients, whenever they were sent the last one. */
  caughtUp(): void {}

  #obey(request: MempoolRequest): void {
    if (request.kind === 'ping') {
      this.recipient.answerPing(request.timestamp);
      return;
    }
    this.#unsubscribe(request.unsubscribe);
    if (request.subscribe.length > 0) {
      // The first choice replaces the default; the ones after it add to it.
      if (!this.#chosen) {
        this.#unsubscribe(CHANNELS.filter((each) => !request.subscribe.includes(each)));
      }
      this.#chosen = true;
      this.#subscribe(request.subscribe);
    }
    if (request.rejected !== null) this.recipient.error('INVALID_MESSAGE', request.rejected);
  }

  /** Adds channels and sends the state of those that are new to the client. */
  #subscribe(channels: readonly Channel[]): void {
    const added = channels.filter((channel) => !this.#channels.has(channel));
    this.#channels = new Set([...this.#channels, ...added]);
    const states = added.map((channel) => this.#states.current(channel));
    this.deliver(states.filter((state) => state !== null));
  }

  #unsubscribe(channels: readonly Channel[]): void {
    const left = new Set(this.#channels);
    for (const channel of channels) {
      left.delete(channel);
      this.recipient.discard(channel);
    }
    this.#channels = left;
  }
}
