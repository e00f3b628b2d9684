import type { ErrorCode, ErrorMessage } from '@tidegauge/protocol';
import type { Bundle, Bundles } from './bundle.ts';
import type { ChannelStates, Publication } from './publication.ts';

/** One address for WebSockets, such as /ws/mempool: what its clients may ask for and are sent. */
export interface Endpoint {
  readonly path: string;
  readonly states: ChannelStates;
  readonly bundles: Bundles;
  /** The hello message of this moment. */
  hello(): string;
  /** Called once for each client that connects. */
  open(recipient: Recipient): Dialogue;
  /** How many clients are subscribed, by channel; those without any are left out. */
  subscribers(): ReadonlyMap<string, number>;
}

/**
 * What one client asks for: the part of its session that differs from endpoint to endpoint. Calls
 * come in this order: `begin`, then any of `message`, `settle` and `caughtUp`, then `end`.
 */
export interface Dialogue {
  /**
   * The client is connected and was greeted.
   * @param wantsDefault whether it takes what the endpoint sends unasked, if anything
   */
  begin(wantsDefault: boolean): void;
  /** A text message, within the limits. Never throws, whatever the text. */
  message(text: string): void;
  /** Delivers now what is on its way to the client: it is about to be sent what is newer. */
  settle(): void;
  /** These had waited while the client was behind, and are sent now. */
  caughtUp(publications: readonly Publication[]): void;
  /** What the client is subscribed to. */
  channels(): Iterable<string>;
  /** Nothing reaches the client any more. */
  end(): void;
}

/** A session, as its dialogue sees it. */
export interface Recipient {
  /**
   * Sends publications in one write. While the client is behind they wait instead, at most one a
   * channel; what is sent in the end is the state of the channel at that moment.
   */
  deliver(bundle: Bundle): void;
  /** Drops what waits of a channel. */
  discard(channel: string): void;
  /** Sends a control message: never dropped, never before the ones already sent. */
  control(text: string): void;
  /** Answers a ping. @param echo its timestamp, null when it had none */
  answerPing(echo: string | number | null): void;
  /** Tells the client what was wrong; the 10th error within 10 s closes it. */
  error(code: ErrorCode, message: string): void;
  /** Tells it several things that were wrong with one message: they count as one error. */
  errors(errors: readonly Omit<ErrorMessage, 'type'>[]): void;
}

/** One sending to many clients, to be done client by client. */
export interface Mailing {
  /**
   * Sends to the next client; whoever has gone or changed its mind meanwhile is left out.
   * @returns false when there was none left
   */
  sendNext(): boolean;
}

/** What an endpoint sees of the send queue. */
export interface Broadcaster {
  /** True while somebody is still to be written what came before. */
  readonly busy: boolean;
  /** Sends publications of some channels to many, now or in slices, and measures how long it takes. */
  broadcast(channels: readonly string[], mailing: Mailing): void;
}
