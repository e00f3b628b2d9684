import type { Bundles } from './bundle.ts';
import { DueQueue } from './due-queue.ts';
import type { Broadcaster, Mailing, Recipient } from './endpoint.ts';
import { HEATMAP_TURN_MS } from './limits.ts';
import type { ChannelStates, Publication } from './publication.ts';

/** One client's subscription to one symbol. Times are monotonic ms. */
export interface Subscription {
  readonly recipient: Recipient;
  readonly symbol: string;
  /** Between two publications, at the least. */
  intervalMs: number;
  /** The publication that the client has, or that is on its way to it; 0: none. */
  seq: number;
  /** The one on its way; null when none is. */
  handed: Publication | null;
  /** Before this nothing is sent. */
  dueMs: number;
}

/** Subscriptions of one symbol that may be sent the next publication as soon as there is one. */
interface WaitingRoom {
  readonly subscriptions: Set<Subscription>;
  /** Everybody in here had this one or a newer one when it was last looked through; 0: or none. */
  seq: number;
}

type Batch = Map<Recipient, Subscription[]>;

/**
 * Who is sent which map when. A subscription is either not due yet, or waits for its symbol to
 * change; each turn looks at those that have come due and at symbols that changed while somebody
 * waits, never at all. A symbol nobody waits for is not computed.
 */
export class HeatmapRhythm {
  readonly #states: ChannelStates;
  readonly #bundles: Bundles;
  readonly #broadcaster: Broadcaster;
  readonly #later: DueQueue<Subscription> = new DueQueue(HEATMAP_TURN_MS);
  readonly #waiting: Map<string, WaitingRoom> = new Map();

  constructor(states: ChannelStates, bundles: Bundles, broadcaster: Broadcaster) {
    this.#states = states;
    this.#bundles = bundles;
    this.#broadcaster = broadcaster;
  }

  /**
   * To be called each HEATMAP_TURN_MS: sends what is due and new. While clients are still to be
   * written what was sent before, the turn is left out.
   */
  turn(nowMs: number): void {
    if (this.#broadcaster.busy) return;
    const batch: Batch = new Map();
    for (const [symbol, room] of this.#waiting) this.#lookThrough(symbol, room, nowMs, batch);
    for (const subscription of this.#later.take(nowMs)) this.#admit(subscription, nowMs, batch);
    this.#broadcast(batch);
  }

  /** Takes in subscriptions, new ones or such that changed, and sends those that are due. */
  add(subscriptions: readonly Subscription[], nowMs: number): void {
    const batch: Batch = new Map();
    for (const subscription of subscriptions) {
      this.#take(subscription);
      if (subscription.dueMs > nowMs) this.#later.put(subscription, subscription.dueMs);
      else this.#admit(subscription, nowMs, batch);
    }
    for (const [recipient, due] of batch) this.#deliver(recipient, due);
  }

  /** Nothing is sent of it any more, not even what is on its way. */
  remove(subscription: Subscription): void {
    subscription.handed = null;
    this.#take(subscription);
  }

  /** Delivers at once what is on its way of these, which are one client's. */
  settle(subscriptions: Iterable<Subscription>): void {
    const handed = Array.from(subscriptions).filter((each) => each.handed !== null);
    const [first] = handed;
    if (first !== undefined) this.#deliver(first.recipient, handed);
  }

  #take(subscription: Subscription): void {
    this.#later.delete(subscription);
    const room = this.#waiting.get(subscription.symbol);
    room?.subscriptions.delete(subscription);
    if (room?.subscriptions.size === 0) this.#waiting.delete(subscription.symbol);
  }

  /** Counts from now on what had waited while the client was behind. */
  caughtUp(subscription: Subscription, publication: Publication, nowMs: number): void {
    this.remove(subscription);
    this.#sent(subscription, publication, nowMs);
  }

  #lookThrough(symbol: string, room: WaitingRoom, nowMs: number, batch: Batch): void {
    const publication = this.#states.current(symbol);
    if (publication === null || publication.seq === room.seq) return;
    room.seq = publication.seq;
    for (const subscription of room.subscriptions) {
      if (subscription.seq === publication.seq) continue;
      room.subscriptions.delete(subscription);
      this.#hand(subscription, publication, nowMs, batch);
    }
    if (room.subscriptions.size === 0) this.#waiting.delete(symbol);
  }

  /** A subscription that is due: sends what is new to it, or lets it wait. */
  #admit(subscription: Subscription, nowMs: number, batch: Batch): void {
    const { symbol } = subscription;
    const publication = this.#states.current(symbol);
    if (publication !== null && publication.seq !== subscription.seq) {
      this.#hand(subscription, publication, nowMs, batch);
      return;
    }
    const room = this.#waiting.get(symbol);
    if (room === undefined) {
      const subscriptions = new Set([subscription]);
      this.#waiting.set(symbol, { subscriptions, seq: subscription.seq });
      return;
    }
    room.subscriptions.add(subscription);
    // Where there is no map yet, who comes back may already have the one that will be the first.
    if (room.seq !== subscription.seq) room.seq = 0;
  }

  #hand(subscription: Subscription, publication: Publication, nowMs: number, batch: Batch): void {
    this.#sent(subscription, publication, nowMs);
    subscription.handed = publication;
    const due = batch.get(subscription.recipient);
    if (due === undefined) batch.set(subscription.recipient, [subscription]);
    else due.push(subscription);
  }

  #sent(subscription: Subscription, publication: Publication, nowMs: number): void {
    subscription.seq = publication.seq;
    subscription.dueMs = nowMs + subscription.intervalMs;
    this.#later.put(subscription, subscription.dueMs);
  }

  /** One client's first maps are no broadcast: they would be most of what is measured. */
  #broadcast(batch: Batch): void {
    if (batch.size === 0) return;
    const symbols = new Set<string>();
    for (const due of batch.values()) for (const { symbol } of due) symbols.add(symbol);
    const mailing = new MapMailing(batch, (recipient, due) => this.#deliver(recipient, due));
    this.#broadcaster.broadcast([...symbols], mailing);
  }

  #deliver(recipient: Recipient, due: readonly Subscription[]): void {
    const publications = due.flatMap(({ handed }) => (handed === null ? [] : [handed]));
    for (const subscription of due) subscription.handed = null;
    if (publications.length > 0) recipient.deliver(this.#bundles.of(publications));
  }
}

/** The maps of one turn, client by client. */
class MapMailing implements Mailing {
  readonly #due: IterableIterator<[Recipient, Subscription[]]>;
  readonly #deliver: (recipient: Recipient, due: readonly Subscription[]) => void;

  constructor(batch: Batch, deliver: (recipient: Recipient, due: readonly Subscription[]) => void) {
    this.#due = batch.entries();
    this.#deliver = deliver;
  }

  sendNext(): boolean {
    const next = this.#due.next();
    if (next.done === true) return false;
    this.#deliver(...next.value);
    return true;
  }
}
