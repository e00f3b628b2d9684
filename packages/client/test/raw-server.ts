/** A server that answers a client of WebSockets with any bytes, right or wrong. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Header, readHeader, readPayload } from '../../../test/conformance/frame.ts';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HEAD_END = '\r\n\r\n';

export interface ClientFrame extends Header {
  readonly payload: Buffer;
}

/** Ended with the test that started it. */
export class RawServer {
  readonly #server: Server = createServer({ allowHalfOpen: true, noDelay: true });
  readonly #connections: RawConnection[] = [];
  #taken = 0;

  static async start(): Promise<RawServer> {
    const raw = new RawServer();
    raw.#server.on('connection', (socket) => {
      raw.#connections.push(new RawConnection(socket));
      raw.#server.emit('taken');
    });
    raw.#server.listen(0, '127.0.0.1');
    await once(raw.#server, 'listening');
    onTestFinished(() => raw.close());
    return raw;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many have connected. */
  get connections(): number {
    return this.#connections.length;
  }

  /** The next one, with its request read. */
  async connection(): Promise<RawConnection> {
    while (this.#taken === this.#connections.length) await once(this.#server, 'taken');
    const connection = this.#connections[this.#taken]!;
    this.#taken += 1;
    await connection.request();
    return connection;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#connections) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export class RawConnection {
  readonly socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  /** Its request; what follows it are frames. */
  head = '';

  async request(): Promise<void> {
    await this.#until(() => this.#bytes.includes(HEAD_END));
    const end = this.#bytes.indexOf(HEAD_END) + HEAD_END.length;
    this.head = this.#bytes.toString('latin1', 0, end);
    this.#bytes = this.#bytes.subarray(end);
  }

  /** Its value in the request; undefined where there is none. */
  header(name: string): string | undefined {
    return new RegExp(`^${name}: *(.*)\r$`, 'im').exec(this.head)?.[1];
  }

  /**
   * @param changes headers by name, in lower case; null is none
   * @returns the answer that lets the client in, but for the changes
   */
  answer(changes: Readonly<Record<string, string | null>> = {}): Buffer {
    const key = this.header('sec-websocket-key') ?? '';
    const accept = createHash('sha1')
      .update(key + ACCEPT_SUFFIX)
      .digest('base64');
    const right = { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-accept': accept };
    const lines = Object.entries({ ...right, ...changes }).flatMap(([name, value]) =>
      value === null ? [] : [`${name}: ${value}`],
    );
    const head = ['HTTP/1.1 101 Switching Protocols', ...lines].join('\r\n');
    return Buffer.from(`${head}${HEAD_END}`, 'latin1');
  }

  write(...bytes: readonly (string | Buffer)[]): void {
    for (const each of bytes) this.socket.write(each);
  }

  /** Its next frame. */
  async frame(): Promise<ClientFrame> {
    let header: Header | null = null;
    let payload: Buffer | null = null;
    await this.#until(() => {
      header = readHeader(this.#bytes);
      payload = header === null ? null : readPayload(this.#bytes, header);
      return payload !== null;
    });
    const whole: ClientFrame = { ...header!, payload: payload! };
    this.#bytes = this.#bytes.subarray(whole.headerBytes + whole.payload.length);
    return whole;
  }

  /** Resolves once the client has ended its side, or the whole. */
  ended(): Promise<void> {
    return this.#until(() => this.#ended);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#ended) throw new Error('ended before that');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
