import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import { deflateRawSync, constants as zlib } from 'node:zlib';
import { frame, RSV1, TEXT } from './frame.ts';
import { type Received, StrictReader } from './strict-reader.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Behind the last header, of a request as of an answer. */
export const HEAD_END = '\r\n\r\n';

/**
 * The answer to a handshake, or to what was meant to be one. Names of headers in lower case; of a
 * body without a length nothing.
 */
export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Ending {
  readonly code: number | null;
  readonly reason: string;
  /** All that came since the last call, before the close. */
  readonly before: readonly Received[];
}

/** The lines of a right handshake, which tests change one by one. */
export function handshakeLines(path = '/ws/mempool'): string[] {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: localhost',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
  ];
}

export function requestOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}${HEAD_END}`, 'latin1');
}

/**
 * A client that sends any bytes, and takes from the server only what the RFCs allow. It never ends
 * its side by itself, so a test sees who ends the connection.
 */
export class RawClient {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #reader: StrictReader | null = null;
  #received: Received[] = [];
  #ended = false;
  #failure: Error | null = null;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('end', () => this.#finish());
    // Plain HTTP may be cut off while it is still sent to; a WebSocket is ended in order.
    this.#socket.on('error', (error) =>
      this.#reader === null ? this.#finish() : this.#fail(error),
    );
    this.#socket.on('close', () => this.#finish());
  }

  /** A client whose handshake was accepted. @param lines beside those of `handshakeLines` */
  static async open(port: number, lines: readonly string[] = []): Promise<RawClient> {
    const client = new RawClient(port);
    client.write(requestOf([...handshakeLines(), ...lines]));
    const { status, body } = await client.answer();
    if (status !== 101) throw new Error(`refused with ${status}: ${body}`);
    return client;
  }

  /** Ignored once the connection is gone, as by a network. */
  write(...chunks: readonly Buffer[]): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(chunks));
  }

  /**
   * Sends each chunk in a segment of its own: the server, in the same process, reads between one
   * turn of the loop and the next but one.
   */
  async writeEach(chunks: Iterable<Buffer>): Promise<void> {
    for (const chunk of chunks) {
      this.write(chunk);
      await immediate();
      await immediate();
    }
  }

  /** Says that nothing more will come. */
  end(): void {
    this.#socket.end();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Cuts it with a RST, as where a process was killed. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** False as long as not a whole head of an answer has come. */
  get hasAnswer(): boolean {
    return this.#bytes.includes(HEAD_END);
  }

  /**
   * The HTTP answer; after a 101 the rest is read as frames.
   * @param key what was sent in Sec-WebSocket-Key
   */
  async answer(key: string = KEY): Promise<Answer> {
    await this.#until(() => this.hasAnswer);
    const end = this.#bytes.indexOf(HEAD_END);
    const [statusLine = '', ...lines] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    const headers = headersOf(lines);
    if (status !== 101) {
      const bodyBegin = end + HEAD_END.length;
      const bodyEnd = bodyBegin + Number(headers.get('content-length') ?? 0);
      await this.#until(() => this.#bytes.length >= bodyEnd);
      return { status, headers, body: this.#bytes.toString('utf8', bodyBegin, bodyEnd) };
    }
    checkAccepted(headers, key);
    this.#reader = readerFor(headers.get('sec-websocket-extensions'));
    const rest = this.#bytes.subarray(end + HEAD_END.length);
    this.#take(rest);
    if (this.#ended) this.#reader.end();
    return { status, headers, body: '' };
  }

  /** What comes next of this kind; all before it is gone. */
  async next<Kind extends Received['kind']>(
    kind: Kind,
    fits: (received: Extract<Received, { kind: Kind }>) => boolean = () => true,
  ): Promise<Extract<Received, { kind: Kind }>> {
    for (;;) {
      await this.#until(() => this.#received.length > 0);
      const received = this.#received.shift()!;
      if (received.kind === kind) {
        const typed = received as Extract<Received, { kind: Kind }>;
        if (fits(typed)) return typed;
      }
    }
  }

  /** The next JSON message of this type. */
  async message(type: string): Promise<Record<string, unknown>> {
    const { text } = await this.next('text', (each) => typeOf(each.text) === type);
    return JSON.parse(text) as Record<string, unknown>;
  }

  get hasServerEnded(): boolean {
    return this.#ended;
  }

  /** Resolves when the server has ended its side of the TCP connection. */
  async serverEnded(): Promise<void> {
    while (!this.#ended) await this.#changed();
    if (this.#failure !== null) throw this.#failure;
  }

  /** How the server closed: its close frame, and after it the end of TCP. */
  async closed(): Promise<Ending> {
    await this.serverEnded();
    const before = this.#received.splice(0);
    const close = before.pop();
    if (close?.kind !== 'close') throw new Error('the server ended TCP without a close frame');
    return { code: close.code, reason: close.reason, before };
  }

  /** Resolves when this many have come that fit, or the server has ended. */
  async count(fits: (received: Received) => boolean, count: number): Promise<void> {
    while (!this.#ended && this.#received.filter(fits).length < count) await this.#changed();
    if (this.#failure !== null) throw this.#failure;
  }

  /** All that came and was not asked for. */
  taken(): Received[] {
    return this.#received.splice(0);
  }

  /** Throws when the server does not answer a message: shows that the connection lives. */
  async echo(timestamp: string): Promise<void> {
    this.write(frame(TEXT, pingMessage(timestamp)));
    const { echo } = await this.message('pong');
    if (echo !== timestamp) throw new Error(`echoed ${String(echo)}, not ${timestamp}`);
  }

  #take(chunk: Buffer): void {
    if (this.#reader === null) {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    } else {
      try {
        this.#received.push(...this.#reader.push(chunk));
      } catch (error) {
        this.#fail(error as Error);
      }
    }
    this.#wake();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#reader?.end();
    } catch (error) {
      this.#fail(error as Error);
    }
    this.#wake();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== null) throw this.#failure;
      if (this.#ended) throw new Error('the server ended the connection before that');
      await this.#changed();
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** A message that the server answers with a `pong` that repeats the timestamp. */
export function pingMessage(timestamp: string | number): string {
  return JSON.stringify({ type: 'ping', timestamp });
}

/** As RFC 7692, 7.2.1 has it: without its last four bytes. */
export function deflated(text: string | Buffer, dictionary?: Buffer): Buffer {
  const options = { finishFlush: zlib.Z_SYNC_FLUSH, ...(dictionary ? { dictionary } : {}) };
  return deflateRawSync(text, options).subarray(0, -4);
}

/** A compressed message in one frame. */
export function deflatedFrame(text: string | Buffer, dictionary?: Buffer): Buffer {
  return frame(TEXT, deflated(text, dictionary), { rsv: RSV1 });
}

function typeOf(text: string): unknown {
  return (JSON.parse(text) as Record<string, unknown>).type;
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^\s:]+): ?(.*)$/.exec(line) ?? [];
    if (name === '' || headers.has(name.toLowerCase())) throw new Error(`header '${line}'`);
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

/** What a client has to check in a 101 (RFC 6455, 4.1, at its end). */
function checkAccepted(headers: ReadonlyMap<string, string>, key: string): void {
  const accept = createHash('sha1').update(`${key}${ACCEPT_GUID}`).digest('base64');
  const right =
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    headers.get('connection')?.toLowerCase() === 'upgrade' &&
    headers.get('sec-websocket-accept') === accept;
  if (!right) throw new Error(`a 101 that is no WebSocket's: ${[...headers].join('; ')}`);
}

function readerFor(extensions: string | undefined): StrictReader {
  if (extensions === undefined) return new StrictReader();
  const bits = /server_max_window_bits=(\d+)/.exec(extensions)?.[1] ?? '15';
  return new StrictReader(Number(bits), !extensions.includes('server_no_context_takeover'));
}
