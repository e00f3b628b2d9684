import type { LineSocket, OpenSocket, SocketEvents } from '../../src/ports.ts';

/** One side of a line: what the client sends is kept, what comes is up to the test. */
export class FakeSocket implements LineSocket {
  readonly url: URL;
  readonly protocols: readonly string[];
  /** Read again as JSON. */
  readonly sent: Readonly<Record<string, unknown>>[] = [];
  /** `dropped`: closed by the client. `ended`: from the other side. */
  state: 'connecting' | 'open' | 'dropped' | 'ended' = 'connecting';
  /** Hears what is sent, later than the call. */
  onSent: (message: Readonly<Record<string, unknown>>) => void = () => {};
  readonly #events: SocketEvents;

  constructor(url: string, protocols: readonly string[], events: SocketEvents) {
    this.url = new URL(url);
    this.protocols = protocols;
    this.#events = events;
  }

  get isAlive(): boolean {
    return this.state === 'connecting' || this.state === 'open';
  }

  get feed(): string {
    return this.url.pathname.split('/').at(-1)!;
  }

  send(text: string): void {
    if (this.state !== 'open') throw new Error(`sent while ${this.state}: ${text}`);
    const message = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(message);
    queueMicrotask(() => this.onSent(message));
  }

  close(): void {
    if (!this.isAlive) return;
    this.state = 'dropped';
    // Runtimes tell it all the same, later.
    queueMicrotask(() => this.#events.onclose({ code: 1005, reason: '' }));
  }

  open(): void {
    this.state = 'open';
    this.#events.onopen(undefined);
  }

  /** @param data an object goes as JSON, anything else as it is */
  receive(data: unknown): void {
    const isObject = typeof data === 'object' && data !== null && !ArrayBuffer.isView(data);
    this.#events.onmessage({ data: isObject ? JSON.stringify(data) : data });
  }

  end(code = 1006, reason = ''): void {
    this.state = 'ended';
    this.#events.onclose({ code, reason });
  }
}

/** Opens sockets, keeps them, and notices when a feed has two at once. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];
  readonly violations: string[] = [];
  readonly #opened: (socket: FakeSocket) => void;

  /** @param opened told of each new socket, later than the call */
  constructor(opened: (socket: FakeSocket) => void) {
    this.#opened = opened;
  }

  readonly open: OpenSocket = (url, protocols, events) => {
    const socket = new FakeSocket(url, protocols, events);
    if (this.alive.some(({ feed }) => feed === socket.feed)) {
      this.violations.push(`two sockets at once: ${url}`);
    }
    this.all.push(socket);
    queueMicrotask(() => this.#opened(socket));
    return socket;
  };

  get alive(): readonly FakeSocket[] {
    return this.all.filter(({ isAlive }) => isAlive);
  }
}
