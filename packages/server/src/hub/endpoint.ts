import type { ErrorCode } from '@tidegauge/protocol';
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
 * come in this order: `begin`, then any of `message` and `caughtUp`, then `end`.
 */
export interface Dialogue {
  /** The client is connected and was greeted. */
  begin(): void;
  /** A text message, within the limits. Never throws, whatever the text. */
  message(text: string): void;
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
   * Sends publications in one write: at once, or when the client's turn has come. While it is
   * behind they wait instead, at most one a channel; what is sent in the end is the state of the
   * channel at that moment.
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
}

/** What an endpoint sees of the send queue. */
export interface Broadcaster {
  /** True while somebody is still to be written what came before. */
  readonly busy: boolean;
  /** Runs what sends the publications of some channels to many, and measures it. */
  broadcast(channels: readonly string[], sendAll: () => void): void;
}
