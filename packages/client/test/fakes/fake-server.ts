import type { Answer, Question } from './fake-http.ts';
import type { FakeSocket } from './fake-sockets.ts';
import {
  type Message,
  type Point,
  PointsPublication,
  type Position,
  type Publication,
  pointsData,
  StatePublication,
} from './publication.ts';

type ResumeMap = Readonly<Record<string, Position>>;

/** One socket, as the server sees it. */
export class Connection {
  readonly socket: FakeSocket;
  readonly subscribed: Set<string> = new Set();
  /** What is published does not arrive. */
  isDeaf = false;
  /** Nothing is answered. */
  isMute = false;

  constructor(socket: FakeSocket) {
    this.socket = socket;
  }

  get sent(): readonly Message[] {
    return this.socket.sent;
  }

  /** What was sent, but for pings. */
  get wishes(): readonly Message[] {
    return this.sent.filter((message) => message.type !== 'ping' && message.action !== 'ping');
  }

  get pings(): number {
    return this.sent.length - this.wishes.length;
  }

  send(message: unknown): void {
    this.socket.receive(message);
  }

  cut(code = 1006, reason = ''): void {
    if (this.socket.isAlive) this.socket.end(code, reason);
  }
}

/** Speaks docs/reference/protocol.md as far as a client can notice. */
export class FakeServer {
  epoch = 'run-1';
  demo = false;
  /** False: no connection of any kind. */
  isUp = true;
  /** Handshakes are neither answered nor refused. */
  isStuck = false;
  /** How each upgrade, and the plain question for why, is answered. */
  refusal: Answer | null = null;
  /** Who shows none of these is not let in; null for everybody. */
  tokens: readonly string[] | null = null;
  /** Something in between drops subprotocols: a browser then fails the connection. */
  stripsSubprotocols = false;
  /** Says `hello` also to who asks for it in the address; older servers do not. */
  greetsAsked = true;
  /** What `hello` says. */
  protocol: unknown = 1;
  updateIntervalMs = 500;
  /** How far its clock is ahead of the client's. */
  aheadMs = 0;
  /** Questions over HTTP are never answered. */
  isHttpStuck = false;
  /** How it answers every question for data; null for properly. */
  restAnswer: Answer | null = null;
  symbols: readonly string[] | null = null;
  readonly connections: Connection[] = [];
  readonly #clientNowMs: () => number;
  #publications = new Map<string, Publication>();
  #livePriceSec = 0;

  constructor(clientNowMs: () => number) {
    this.#clientNowMs = clientNowMs;
  }

  get nowSec(): number {
    return (this.#clientNowMs() + this.aheadMs) / 1000;
  }

  /** The newest connection, to either address or to one of them. */
  connection(feed?: string): Connection {
    const found = this.connections.findLast(({ socket }) => !feed || socket.feed === feed);
    if (!found) throw new Error('nobody is connected');
    return found;
  }

  accept(socket: FakeSocket): void {
    if (!socket.isAlive || this.isStuck) return;
    const isStripped = this.stripsSubprotocols && socket.protocols.length > 0;
    const isKnown = this.#knows(socket.protocols.at(-1), 'tidegauge.auth.');
    if (!this.isUp || this.refusal || isStripped || !isKnown) {
      socket.end(1006);
      return;
    }
    const connection = new Connection(socket);
    this.connections.push(connection);
    socket.onSent = (message) => this.#heard(connection, message);
    const speaks = socket.protocols.includes('tidegauge.v1');
    socket.open();
    const greets = speaks || (this.greetsAsked && socket.url.searchParams.get('hello') === 'yes');
    if (greets && socket.isAlive && !connection.isMute) connection.send(this.hello());
  }

  hello(): Message {
    const limits = { max_message_bytes: 4096, update_interval_ms: this.updateIntervalMs };
    const { protocol, epoch, demo, nowSec: time } = this;
    return { type: 'hello', protocol, server: 'tidegauge/0.1.0', epoch, time, demo, limits };
  }

  price(priceUsd: number | null = 95_000, status = 'live'): Message {
    const band = (by: number): number | null => (priceUsd === null ? null : priceUsd + by);
    const data = {
      price: priceUsd,
      confidence: 0.9,
      timestamp: this.nowSec,
      sample_size: 38_000,
      low: band(-200),
      high: band(200),
      status,
      ...(status === 'stale' && { as_of: this.#livePriceSec }),
    };
    if (status === 'live') this.#livePriceSec = data.timestamp;
    return this.#publish('price', { type: 'price_update', data });
  }

  points(...points: Point[]): Message {
    return this.#publish('transactions', { type: 'transactions', data: pointsData(points) });
  }

  histogram(...counts: number[]): Message {
    const bins = [0.001, ...counts.map((_, i) => 0.002 * (i + 1))];
    return this.#publish('histogram', {
      type: 'histogram',
      timestamp: this.nowSec,
      data: { bins, counts },
    });
  }

  confirmed(blockHeight: number, blockTimeSec = this.nowSec): Message {
    const data = {
      price: 95_010,
      low: 94_900,
      high: 95_100,
      confidence: 0.95,
      block_height: blockHeight,
      block_time: blockTimeSec,
      ...pointsData([[blockTimeSec, 95_020]]),
    };
    return this.#publish('confirmed', { type: 'confirmed_update', data });
  }

  map(symbol: string, priceUsd = 86_000): Message {
    const data = {
      levels: [
        { price: 68_100, long_density: 2282, short_density: 0 },
        { price: 109_500, long_density: 0, short_density: 105 },
      ],
      current_price: priceUsd,
      bucket_size: 100,
      total_long: 2282,
      total_short: 105,
      positions_created: 7,
      positions_consumed: 3,
      gaps: [],
    };
    const timestamp = new Date(this.nowSec * 1000).toISOString();
    return this.#publish(symbol, { type: 'snapshot', symbol, timestamp, epoch: this.epoch, data });
  }

  /** How many messages of points are kept for those who come back. */
  keepPoints(count: number): void {
    (this.#publication('transactions') as PointsPublication).kept = count;
  }

  /** All are cut, and the sequences begin anew. */
  restart(epoch: string, code = 1006, reason = ''): void {
    this.epoch = epoch;
    this.#publications = new Map();
    for (const connection of this.connections) connection.cut(code, reason);
  }

  /** What it says over plain HTTP. */
  readonly answer = ({ url, headers }: Question): Answer | 'unreachable' | 'never' => {
    if (!this.isUp) return 'unreachable';
    if (this.isHttpStuck) return 'never';
    if (!this.#knows(headers.authorization, 'Bearer ')) return refusal(401, 'UNAUTHORIZED');
    if (url.pathname.includes('/ws/')) return this.refusal ?? upgradeRequired(['tidegauge.v1']);
    if (this.restAnswer) return this.restAnswer;
    return url.pathname.endsWith('/mempool') ? this.#mempool(url) : this.#heatmap(url);
  };

  #knows(credential: string | undefined, prefix: string): boolean {
    return this.tokens === null || this.tokens.some((token) => credential === prefix + token);
  }

  #publication(name: string): Publication {
    const made = this.#publications.get(name);
    if (made) return made;
    const fresh = name === 'transactions' ? new PointsPublication() : new StatePublication();
    this.#publications.set(name, fresh);
    return fresh;
  }

  #publish(name: string, message: Message): Message {
    const marked = this.demo ? { ...message, demo: true } : message;
    const sent = this.#publication(name).publish(marked);
    for (const { subscribed, isDeaf, socket } of this.connections) {
      if (socket.isAlive && !isDeaf && subscribed.has(name)) socket.receive(sent);
    }
    return sent;
  }

  #heard(connection: Connection, message: Message): void {
    if (connection.isMute || !connection.socket.isAlive) return;
    if (message.type === 'ping' || message.action === 'ping') {
      const timestamp = new Date(this.nowSec * 1000).toISOString();
      connection.send({ type: 'pong', timestamp, echo: message.timestamp });
      return;
    }
    const ended = message.unsubscribe ?? (message.action === 'unsubscribe' && message.symbols);
    for (const name of [ended || []].flat()) connection.subscribed.delete(name as string);
    const wanted = message.subscribe ?? (message.action === 'subscribe' && message.symbols);
    for (const name of [wanted || []].flat() as string[]) {
      this.#subscribe(connection, name, (message.resume as ResumeMap | undefined)?.[name]);
    }
  }

  #subscribe(connection: Connection, name: string, has: Position | undefined): void {
    const isSymbol = connection.socket.feed === 'heatmap';
    if (isSymbol && this.symbols && !this.symbols.includes(name)) {
      connection.send({ type: 'error', ...this.#unknownSymbol(name) });
      return;
    }
    if (connection.subscribed.has(name)) return;
    connection.subscribed.add(name);
    for (const each of this.#publication(name).catchUp(this.epoch, has)) connection.send(each);
  }

  #mempool({ searchParams }: URL): Answer {
    const resume = (searchParams.get('resume') ?? '').split(',').map((each) => {
      const [name, epoch = '', seq] = each.split(':');
      return [name, { epoch, seq: Number(seq) }] as const;
    });
    const has = new Map(resume);
    const messages = (searchParams.get('channels') ?? '')
      .split(',')
      .flatMap((name) => this.#publication(name).catchUp(this.epoch, has.get(name)));
    const body = {
      epoch: this.epoch,
      time: this.nowSec,
      update_interval_ms: this.updateIntervalMs,
      messages,
    };
    return { status: 200, body };
  }

  #heatmap({ pathname }: URL): Answer {
    const symbol = decodeURIComponent(pathname.split('/').at(-1)!);
    if (this.symbols && !this.symbols.includes(symbol)) {
      return { status: 404, body: { error: this.#unknownSymbol(symbol) } };
    }
    const [body] = this.#publication(symbol).catchUp(this.epoch, undefined);
    return body ? { status: 200, body } : refusal(503, 'NOTHING_YET', { retryAfter: '5' });
  }

  #unknownSymbol(symbol: string): Message {
    const message = `unknown symbol "${symbol}"; allowed: ${this.symbols?.join(', ')}`;
    return { code: 'INVALID_SYMBOL', message, symbol };
  }
}

/** A refusal in the server's own form. */
export function refusal(
  status: number,
  code: string,
  more: { readonly retryAfter?: string; readonly protocols?: readonly string[] } = {},
): Answer {
  const { retryAfter, protocols } = more;
  const error = { code, message: `${code} in words`, ...(protocols && { protocols }) };
  return { status, body: { error }, ...(retryAfter !== undefined && { retryAfter }) };
}

export function upgradeRequired(protocols: readonly string[]): Answer {
  return refusal(426, 'UPGRADE_REQUIRED', { protocols });
}
