import type * as Zmq from 'zeromq';
import { isIpv6Endpoint } from './zmq-endpoint.ts';
import type { Topic } from './zmq-message.ts';

export type ZmqModule = typeof Zmq;

/**
 * - `opening`: no verdict yet.
 * - `waiting`: the line is up, nothing has come over it yet.
 * - `receiving`: up, and messages come (blocks are too rare to wait for one).
 * - `down`: not up, or up but silent for too long.
 */
export type LineState = 'opening' | 'waiting' | 'receiving' | 'down';

export interface ZmqLineEvents {
  onMessage(parts: readonly Uint8Array[]): void;
  /** The state or the problem changed. */
  onChange(): void;
}

/**
 * libzmq holds 1,000 messages for a reader by default and stops reading when they are not taken;
 * the node's own queue of 1,000 then overflows and drops. A connecting block alone brings
 * thousands at once. 50,000 bridge a stall of 5 s at 10,000 transactions a second, or three of the
 * largest blocks, at some 35 MB of common transactions, and cost nothing while they are taken.
 */
export const RECEIVE_HIGH_WATER_MARK = 50_000;

/**
 * Together these keep both promises of 5 s. Lost: a ping each second and 3 s for any answer make
 * at most 4 s for a cable cut. Back: at most 2 s for the attempt under way, then 1 s of pause.
 */
const SOCKET_OPTIONS = {
  linger: 0,
  receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK,
  // Over twice the largest body: libzmq breaks the line at a larger message before holding it.
  maxMessageSize: 8 * 1024 * 1024,
  reconnectInterval: 200,
  reconnectMaxInterval: 1000,
  connectTimeout: 2000,
  handshakeInterval: 3000,
  heartbeatInterval: 1000,
  heartbeatTimeout: 3000,
  tcpKeepalive: 1,
  tcpKeepaliveIdle: 5,
  tcpKeepaliveInterval: 2,
  tcpKeepaliveCount: 3,
} as const;

/**
 * One subscription to one endpoint. libzmq reconnects by itself after most failures, but not
 * after a protocol error (wrong kind of socket, oversized message), and it cannot know that a
 * line is silent: then the socket is built anew. `tick` is to be called once a second; counting
 * calls instead of reading a clock makes neither a sleeping computer nor a busy process look like
 * a silent node.
 */
export class ZmqLine {
  readonly endpoint: string;
  readonly topics: readonly Topic[];
  readonly #zmq: ZmqModule;
  readonly #events: ZmqLineEvents;
  readonly #silenceTicksMax: number;
  readonly #loops = new Set<Promise<void>>();
  #socket: Zmq.Subscriber | null = null;
  #state: LineState = 'opening';
  #problem: string | null = null;
  /** A TCP connection stands, the handshake may not. */
  #reached = false;
  /** libzmq is at it; when it is not, nobody but us will try again. */
  #trying = true;
  /** The handshake is done. Its event may come after the first message, or before old ones. */
  #up = false;
  #heard = false;
  /** Down for silence: being up again is not enough, something must come. */
  #silent = false;
  #quietTicks = 0;

  constructor(
    zmq: ZmqModule,
    endpoint: string,
    topics: readonly Topic[],
    silenceSecMax: number,
    events: ZmqLineEvents,
  ) {
    this.#zmq = zmq;
    this.endpoint = endpoint;
    this.topics = topics;
    this.#silenceTicksMax = Math.max(1, Math.ceil(silenceSecMax));
    this.#events = events;
  }

  get state(): LineState {
    return this.#state;
  }

  /** What is wrong and what to check; null unless `down`. */
  get problem(): string | null {
    return this.#problem;
  }

  open(): void {
    this.#socket?.close();
    this.#reached = false;
    this.#trying = true;
    this.#up = false;
    this.#heard = false;
    this.#quietTicks = 0;
    const socket = new this.#zmq.Subscriber({
      ...SOCKET_OPTIONS,
      ipv6: isIpv6Endpoint(this.endpoint),
    });
    this.#socket = socket;
    this.#follow(this.#readEvents(socket));
    try {
      socket.subscribe(...this.topics);
      socket.connect(this.endpoint);
    } catch (error) {
      this.#trying = false;
      this.#set('down', `${this.endpoint} cannot be connected to: ${(error as Error).message}`);
      return;
    }
    this.#follow(this.#readMessages(socket));
  }

  /** Nothing is left open once it resolves, and no event follows. */
  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    await Promise.all(this.#loops);
  }

  tick(): void {
    if (this.#socket === null) return;
    if (!this.#trying) {
      this.open();
      return;
    }
    if (!this.#reached || ++this.#quietTicks < this.#silenceTicksMax) return;
    this.#set('down', this.#silence());
    this.#silent = true;
    this.open();
  }

  /** A valid message of the topic that this line is judged by came. */
  heard(): void {
    this.#quietTicks = 0;
    this.#heard = true;
    if (this.#up) this.#set('receiving', null);
  }

  #set(state: LineState, problem: string | null): void {
    if (state === this.#state && problem === this.#problem) return;
    this.#silent = false;
    this.#state = state;
    this.#problem = problem;
    this.#events.onChange();
  }

  #follow(loop: Promise<void>): void {
    this.#loops.add(loop);
    void loop.finally(() => this.#loops.delete(loop));
  }

  async #readMessages(socket: Zmq.Subscriber): Promise<void> {
    try {
      // One reader at a time: a second receive() would be refused as EBUSY.
      for (;;) {
        const parts = await socket.receive();
        if (socket !== this.#socket) return;
        this.#events.onMessage(parts);
      }
    } catch (error) {
      this.#failed(socket, error);
    }
  }

  async #readEvents(socket: Zmq.Subscriber): Promise<void> {
    const observer = socket.events;
    try {
      for (;;) {
        const event = await observer.receive();
        // The last event comes after the socket was closed, so the loop goes on till then.
        if (event.type === 'end') return;
        if (socket === this.#socket) this.#onSocketEvent(event);
      }
    } catch (error) {
      this.#failed(socket, error);
    }
  }

  /** Closing a socket rejects the pending receive: that is the loop's normal end. */
  #failed(socket: Zmq.Subscriber, error: unknown): void {
    if (socket.closed || socket !== this.#socket) return;
    this.#trying = false;
    this.#set('down', `reading from ${this.endpoint} failed: ${(error as Error).message}`);
  }

  #onSocketEvent(event: Zmq.Event): void {
    switch (event.type) {
      case 'connect':
        this.#reached = true;
        this.#trying = true;
        this.#quietTicks = 0;
        break;
      case 'handshake':
        this.#onUp();
        break;
      case 'handshake:error:other':
      case 'handshake:error:protocol':
      case 'handshake:error:auth':
        this.#set('down', this.#notAPublisher());
        break;
      case 'disconnect':
        this.#onDisconnect();
        break;
      case 'connect:retry':
        this.#trying = true;
        if (!this.#reached) this.#set('down', this.#unreachable());
        this.#reached = false;
        break;
      default:
        break;
    }
  }

  #onUp(): void {
    this.#up = true;
    if (this.#heard || !this.topics.includes('rawtx')) this.#set('receiving', null);
    else if (!this.#silent) this.#set('waiting', null);
  }

  #onDisconnect(): void {
    // A retry that libzmq makes by itself is told right after this.
    this.#trying = false;
    const wasUp = this.#up;
    this.#up = false;
    this.#heard = false;
    if (this.#state === 'down') return;
    this.#set('down', wasUp ? this.#broken() : this.#notAPublisher());
  }

  #silence(): string {
    const publish = this.topics.map((topic) => `zmqpub${topic}`).join(' and ');
    return (
      `${this.endpoint} is up, but no ${this.topics[0]} message came for ${this.#quietTicks} s. ` +
      'Check that the node is in sync and has peers, and that its bitcoin.conf has ' +
      `${publish} for this address`
    );
  }

  #broken(): string {
    return `the line to ${this.endpoint} broke; trying again. ${this.#checkNode()}`;
  }

  #unreachable(): string {
    return `nothing answers at ${this.endpoint}; trying again each second. ${this.#checkNode()}`;
  }

  #notAPublisher(): string {
    return (
      `what answers at ${this.endpoint} is no ZMQ publisher (is it the port for RPC or for ` +
      `peers?); trying again. ${this.#checkNode()}`
    );
  }

  #checkNode(): string {
    const lines = this.topics.map((topic) => `zmqpub${topic}=${this.endpoint}`);
    return `Check that the node runs and that its bitcoin.conf has ${lines.join(' and ')}`;
  }
}
