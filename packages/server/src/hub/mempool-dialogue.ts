import {
  CHANNELS,
  type Channel,
  DEFAULT_CHANNEL,
  type MempoolRequest,
  parseMempoolMessage,
  type ResumePosition,
} from '@tidegauge/protocol';
import type { Audiences } from './audiences.ts';
import type { Audience, Member } from './batch-mailing.ts';
import type { Bundle, Bundles } from './bundle.ts';
import type { Dialogue, Recipient } from './endpoint.ts';
import { beginningOf, type ChannelStates } from './publication.ts';

type ChannelRequest = Extract<MempoolRequest, { readonly kind: 'channels' }>;

/** One object for all dialogues of an endpoint. */
export interface MempoolDialogueOptions {
  readonly states: ChannelStates;
  readonly bundles: Bundles;
  readonly audiences: Audiences;
  /** The client was greeted, and has been sent nothing else yet. */
  readonly onBegin: (recipient: Recipient) => void;
}

/** The channels of one client of /ws/mempool. */
export class MempoolDialogue implements Dialogue, Member {
  readonly recipient: Recipient;
  /** The last mailing that it was handed its part of, or that it came after. */
  #mailed: number;
  readonly #options: MempoolDialogueOptions;
  #audience: Audience;
  #chosen = false;
  #ended = false;

  constructor(recipient: Recipient, options: MempoolDialogueOptions) {
    const { audiences } = options;
    this.recipient = recipient;
    this.#options = options;
    this.#audience = audiences.of([]);
    this.#audience.members.add(this);
    this.#mailed = audiences.mailing?.number ?? 0;
  }

  /** Takes its part of a mailing, unless it has it already. */
  receive(number: number, bundle: Bundle): void {
    if (this.#mailed === number) return;
    this.#mailed = number;
    this.recipient.deliver(bundle);
  }

  begin(wantsDefault: boolean): void {
    this.#options.onBegin(this.recipient);
    if (wantsDefault) this.#subscribe([DEFAULT_CHANNEL], new Map());
  }

  message(text: string): void {
    const result = parseMempoolMessage(text);
    if (!result.ok) this.recipient.error(result.code, result.message);
    else if (result.message.kind === 'ping') this.recipient.answerPing(result.message.timestamp);
    else this.#choose(result.message);
  }

  settle(): void {
    this.#settleBut([]);
  }

  /** The rhythm is the same for all clients, whenever they were sent the last one. */
  caughtUp(): void {}

  channels(): Iterable<string> {
    return this.#audience.channels;
  }

  end(): void {
    this.#ended = true;
    this.#audience.members.delete(this);
  }

  #choose({ subscribe, unsubscribe, resume, rejected }: ChannelRequest): void {
    // The first choice replaces the default; the ones after it add to it.
    const replaces = subscribe.length > 0 && !this.#chosen;
    const leaves = CHANNELS.filter(
      (each) => unsubscribe.includes(each) || (replaces && !subscribe.includes(each)),
    );
    this.#settleBut(leaves);
    this.#unsubscribe(leaves);
    if (subscribe.length > 0) {
      this.#chosen = true;
      this.#subscribe(subscribe, resume);
    }
    if (rejected !== null) this.recipient.error('INVALID_MESSAGE', rejected);
  }

  /** Delivers what is on its way, but for channels that the client leaves. */
  #settleBut(leaves: readonly string[]): void {
    const { audiences, bundles } = this.#options;
    const { mailing } = audiences;
    if (mailing === null || this.#mailed === mailing.number) return;
    // Also when it has no part in this one: among others, whom it may join now, it would have.
    this.#mailed = mailing.number;
    const publications = mailing.bundleFor(this.#audience)?.publications ?? [];
    const due = publications.filter(({ channel }) => !leaves.includes(channel));
    if (due.length > 0) this.recipient.deliver(bundles.of(due));
  }

  /** Adds channels and sends the state of those that are new to the client. */
  #subscribe(channels: readonly Channel[], resume: ReadonlyMap<string, ResumePosition>): void {
    const { states, bundles } = this.#options;
    const held = this.#audience.channels;
    const added = channels.filter((channel) => !held.has(channel));
    this.#moveTo([...held, ...added]);
    const due = added.flatMap((each) => beginningOf(states, each, resume.get(each)));
    if (due.length > 0) this.recipient.deliver(bundles.of(due));
  }

  #unsubscribe(channels: readonly Channel[]): void {
    const held = this.#audience.channels;
    const left = CHANNELS.filter((each) => held.has(each) && !channels.includes(each));
    if (left.length === held.size) return;
    for (const channel of channels) this.recipient.discard(channel);
    this.#moveTo(left);
  }

  #moveTo(channels: readonly string[]): void {
    this.#audience.members.delete(this);
    this.#audience = this.#options.audiences.of(channels);
    // What was on its way may have been the end of the client.
    if (!this.#ended) this.#audience.members.add(this);
  }
}
