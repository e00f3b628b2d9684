import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Received {
  readonly text: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A client that keeps all it is sent, as it was sent. */
export class StreamClient {
  readonly received: Received[] = [];
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];

  /** @param subscription sent as soon as it is connected */
  constructor(url: string, subscription: unknown, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(url, { headers });
    this.#socket.on('open', () => this.#socket.send(JSON.stringify(subscription)));
    this.#socket.on('message', (data) => {
      const text = (data as Buffer).toString();
      this.received.push({ text, message: JSON.parse(text) as Received['message'] });
      this.#wake();
    });
    this.#socket.on('error', () => {});
    this.closed = once(this.#socket, 'close').then(([code, reason]) => {
      this.#wake();
      return { code: code as number, reason: String(reason) };
    });
  }

  async opened(): Promise<this> {
    if (this.#socket.readyState !== WebSocket.OPEN) await once(this.#socket, 'open');
    return this;
  }

  /** What has come that fits, once it is so many. */
  async all(count: number, fits: (message: Received['message']) => boolean): Promise<Received[]> {
    for (;;) {
      const found = this.received.filter(({ message }) => fits(message));
      if (found.length >= count) return found;
      if (this.isClosed) throw new Error(`closed after ${found.length} of ${count} such messages`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  get isClosed(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED;
  }

  /** Takes nothing more, and answers nothing. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.close();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** The HTTP status of a refused upgrade, or 101 for one that was accepted and closed again. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(url, { headers });
  socket.on('error', () => {});
  const refused = once(socket, 'unexpected-response').then(([, response]) => {
    const { statusCode } = response as { statusCode: number };
    socket.terminate();
    return statusCode;
  });
  const accepted = once(socket, 'open').then(() => {
    socket.close();
    return 101;
  });
  return Promise.race([refused, accepted]);
}
