import {
  CHANNELS,
  type Channel,
  DEFAULT_CHANNEL,
  type MempoolRequest,
  parseMempoolMessage,
  type ResumePosition,
} from '@tidegauge/protocol';
import type { Bundles } from './bundle.ts';
import type { Dialogue, Recipient } from './endpoint.ts';
import type { ChannelStates, Publication } from './publication.ts';

/** The clients that are subscribed to the same channels: they are always due the same. */
export interface Audience {
  readonly channels: ReadonlySet<string>;
  readonly dialogues: Set<MempoolDialogue>;
}

/** The audiences of an endpoint: there are no more than subsets of the channels. */
export class Audiences {
  readonly #byNames: Map<string, Audience> = new Map();

  all(): Iterable<Audience> {
    return this.#byNames.values();
  }

  of(channels: readonly string[]): Audience {
    const names = CHANNELS.filter((channel) => channels.includes(channel));
    const key = names.join();
    const known = this.#byNames.get(key);
    if (known !== undefined) return known;
    const audience = { channels: new Set<string>(names), dialogues: new Set<MempoolDialogue>() };
    this.#byNames.set(key, audience);
    return audience;
  }
}

type ChannelRequest = Extract<MempoolRequest, { readonly kind: 'channels' }>;

/** The channels of one client of /ws/mempool. */
export class MempoolDialogue implements Dialogue {
  readonly recipient: Recipient;
  readonly #states: ChannelStates;
  readonly #bundles: Bundles;
  readonly #audiences: Audiences;
  #audience: Audience;
  #chosen = false;

  constructor(recipient: Recipient, states: ChannelStates, bundles: Bundles, audiences: Audiences) {
    this.recipient = recipient;
    this.#states = states;
    this.#bundles = bundles;
    this.#audiences = audiences;
    this.#audience = audiences.of([]);
    this.#audience.dialogues.add(this);
  }

  begin(): void {
    this.#subscribe([DEFAULT_CHANNEL], new Map());
  }

  message(text: string): void {
    const result = parseMempoolMessage(text);
    if (!result.ok) this.recipient.error(result.code, result.message);
    else if (result.message.kind === 'ping') this.recipient.answerPing(result.message.timestamp);
    else this.#choose(result.message);
  }

  /** The rhythm is the same for all clients, whenever they were sent the last one. */
  caughtUp(): void {}

  channels(): Iterable<string> {
    return this.#audience.channels;
  }

  end(): void {
    this.#audience.dialogues.delete(this);
  }

  #choose({ subscribe, unsubscribe, resume, rejected }: ChannelRequest): void {
    this.#unsubscribe(unsubscribe);
    if (subscribe.length > 0) {
      // The first choice replaces the default; the ones after it add to it.
      if (!this.#chosen) this.#unsubscribe(CHANNELS.filter((each) => !subscribe.includes(each)));
      this.#chosen = true;
      this.#subscribe(subscribe, resume);
    }
    if (rejected !== null) this.recipient.error('INVALID_MESSAGE', rejected);
  }

  /** Adds channels and sends the state of those that are new to the client. */
  #subscribe(channels: readonly Channel[], resume: ReadonlyMap<string, ResumePosition>): void {
    const held = this.#audience.channels;
    const added = channels.filter((channel) => !held.has(channel));
    this.#moveTo([...held, ...added]);
    const due = added.flatMap((channel) => this.#stateOf(channel, resume.get(channel)));
    if (due.length > 0) this.recipient.deliver(this.#bundles.of(due));
  }

  /** What the client is to be sent; sequences of another epoch are none of ours. */
  #stateOf(channel: Channel, held: ResumePosition | undefined): readonly Publication[] {
    if (held?.epoch === this.#states.epoch) return this.#states.since(channel, held.seq);
    const newest = this.#states.current(channel);
    return newest === null ? [] : [newest];
  }

  #unsubscribe(channels: readonly Channel[]): void {
    const held = this.#audience.channels;
    const left = CHANNELS.filter((each) => held.has(each) && !channels.includes(each));
    if (left.length === held.size) return;
    for (const channel of channels) this.recipient.discard(channel);
    this.#moveTo(left);
  }

  #moveTo(channels: readonly string[]): void {
    this.#audience.dialogues.delete(this);
    this.#audience = this.#audiences.of(channels);
    this.#audience.dialogues.add(this);
  }
}
