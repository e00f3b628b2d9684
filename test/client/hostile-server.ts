/** A server that does whatever a test thinks of, and tells when it was asked what. */
import { once } from 'node:events';
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';
import { onTestFinished } from 'vitest';
import { RawConnection } from '../../packages/client/test/raw-server.ts';
import { CLOSE, frame, TEXT } from '../conformance/frame.ts';

/** What is done to those who come. */
export interface Behaviour {
  /** As soon as somebody is connected; without `onRequest` nothing is read. */
  onConnect?(socket: Socket): void;
  /** Once the head of the request is there. */
  onRequest?(visit: Visit): void;
}

/** `why` asks over plain HTTP what a WebSocket is refused with. */
export type Kind = 'try' | 'why' | 'poll';

export class Visit {
  readonly atMs: number;
  readonly connection: RawConnection;

  constructor(atMs: number, socket: Socket) {
    this.atMs = atMs;
    this.connection = new RawConnection(socket);
  }

  get socket(): Socket {
    return this.connection.socket;
  }

  /** Path and query. */
  get target(): string {
    return this.connection.head.split(' ')[1] ?? '';
  }

  get kind(): Kind {
    if (this.connection.header('upgrade') !== undefined) return 'try';
    return this.target.includes('/ws/') ? 'why' : 'poll';
  }

  /** Completes the handshake. @param protocol of the answer; null for none */
  letInDeaf(protocol: string | null = 'tidegauge.v1'): void {
    const offered = this.connection.header('sec-websocket-protocol');
    const chosen = offered === undefined ? null : protocol;
    this.connection.write(this.connection.answer({ 'sec-websocket-protocol': chosen }));
  }

  /**
   * The same, and listens: a close is answered, all else is only told.
   *
   * @param heard is given each message
   */
  letIn(heard: (message: unknown) => void = () => {}): void {
    this.letInDeaf();
    this.#listen(heard).catch(() => {
      // The client is gone in the middle of a frame, or was sent away.
      this.socket.destroy();
    });
  }

  async #listen(heard: (message: unknown) => void): Promise<void> {
    for (;;) {
      const { opcode, payload } = await this.connection.frame();
      if (opcode === TEXT) heard(JSON.parse(payload.toString()));
      if (opcode !== CLOSE) continue;
      this.connection.write(frame(CLOSE, payload, { masked: false }));
      this.socket.end();
      return;
    }
  }

  /** Values as JSON, texts as they are, each a message. */
  say(...messages: readonly unknown[]): void {
    for (const message of messages) {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      this.connection.write(frame(TEXT, text, { masked: false }));
    }
  }

  end(code: number, reason = ''): void {
    const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
    this.connection.write(frame(CLOSE, payload, { masked: false }));
    this.socket.end();
  }

  respond(
    status: number,
    body: unknown = '',
    headers: Readonly<Record<string, string | number>> = {},
  ): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const all = { connection: 'close', 'content-length': Buffer.byteLength(text), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.end(`HTTP/1.1 ${status} Whatever\r\n${lines.join('')}\r\n${text}`);
  }
}

/** Ended with the test that started it. */
export class HostileServer {
  behaviour: Behaviour;
  readonly #server: Server = createServer({ allowHalfOpen: true, noDelay: true });
  readonly #sockets = new Set<Socket>();
  readonly #visits: Visit[] = [];
  readonly #nowMs: () => number;
  /** Most sockets that were open at once. */
  mostOpen = 0;

  private constructor(behaviour: Behaviour, nowMs: () => number) {
    this.behaviour = behaviour;
    this.#nowMs = nowMs;
    this.#server.on('connection', (socket) => this.#take(socket));
  }

  /** @param nowMs the time by which visits are dated */
  static async start(
    behaviour: Behaviour,
    nowMs: () => number = () => Date.now(),
  ): Promise<HostileServer> {
    const server = new HostileServer(behaviour, nowMs);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    onTestFinished(() => server.#close());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** How many sockets are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Those who came, in their order. */
  visits(kind: Kind): readonly Visit[] {
    return this.#visits.filter((visit) => visit.kind === kind);
  }

  /** When those came, seconds after a moment. */
  secondsOf(kind: Kind, sinceMs: number): readonly number[] {
    return this.visits(kind).map(({ atMs }) => (atMs - sinceMs) / 1000);
  }

  /** Resets every connection that is open. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    this.mostOpen = Math.max(this.mostOpen, this.#sockets.size);
    socket.on('close', () => this.#sockets.delete(socket));
    // Clients may end as they like.
    socket.on('error', () => {});
    const { behaviour } = this;
    behaviour.onConnect?.(socket);
    if (behaviour.onRequest) void this.#hear(socket, behaviour);
  }

  async #hear(socket: Socket, behaviour: Behaviour): Promise<void> {
    const visit = new Visit(this.#nowMs(), socket);
    const isWhole = await visit.connection.request().then(
      () => true,
      () => false,
    );
    if (!isWhole) {
      socket.destroy();
      return;
    }
    this.#visits.push(visit);
    behaviour.onRequest?.(visit);
    await visit.connection.ended();
    socket.end();
  }

  async #close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Leads to another server on this machine, as a proxy does. */
export function passTo(port: number): Behaviour & { isStalled: boolean } {
  const passage = {
    /** What either side says is lost from now on, and no side is told. */
    isStalled: false,
    onConnect: (socket: Socket): void => {
      const inner = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
      for (const [from, to] of [
        [socket, inner],
        [inner, socket],
      ] as const) {
        from.on('data', (chunk) => void (passage.isStalled || to.write(chunk)));
        from.on('end', () => void (passage.isStalled || to.end()));
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    },
  };
  return passage;
}
