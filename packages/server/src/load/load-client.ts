import { isUtf8 } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { CLIENT_OPCODES, clientFrame, closeFrame } from './client-frame.ts';
import {
  type HandshakeTerms,
  handshakeRequest,
  newNonce,
  readHandshakeAnswer,
} from './client-handshake.ts';
import { type FrameEvents, FrameReader } from './frame-reader.ts';
import type { LoadTally } from './load-tally.ts';
import { MessageInflater } from './message-inflater.ts';
import { MARKS_BYTES, readMarks } from './message-marks.ts';
import { PositionWatch } from './position-watch.ts';
import type { RandomBytes } from './random-bytes.ts';

/** What one client does. */
export interface ClientPlan {
  /** An IP address: nobody is asked for a name thousands of times. */
  readonly address: string;
  readonly port: number;
  /** Where it connects from; null: the system chooses. */
  readonly localAddress: string | null;
  readonly terms: HandshakeTerms;
  /** What it sends once it is connected. */
  readonly requests: readonly string[];
  /** False: it never reads what it is sent. */
  readonly reads: boolean;
  /** Whether it inflates and parses every message. */
  readonly verifies: boolean;
  /** Whether the position of a message tells that some were lost: on /ws/heatmap it does not. */
  readonly gapsCount: boolean;
}

export interface LoadClientOptions {
  readonly plan: ClientPlan;
  readonly clock: Clock;
  readonly tally: LoadTally;
  /** Where bytes are read into: one for all clients, each of which is done with it at once. */
  readonly buffer: Buffer;
  readonly random: RandomBytes;
  /** A handshake has led to a WebSocket. */
  readonly onOpened: (client: LoadClient) => void;
  /** A connection is gone. @param wasOpen whether its handshake had come to its end */
  readonly onGone: (client: LoadClient, wasOpen: boolean) => void;
}

/**
 * - `idle`: there is no connection, or none any more.
 * - `connecting`: up to the end of the handshake.
 * - `open`: messages come.
 * - `leaving`: it ends because we want it to.
 */
export type LoadClientState = 'idle' | 'connecting' | 'open' | 'leaving';

/** RFC 6455, 7.4.1. */
const CODE_NORMAL = 1000;
const CODE_NONE = 1005;
const CODE_ABNORMAL = 1006;
const CODE_PROTOCOL_ERROR = 1002;

/** One client: a WebSocket that costs as little as it can, and counts what it is sent. */
export class LoadClient implements FrameEvents {
  readonly #options: LoadClientOptions;
  #state: LoadClientState = 'idle';
  #socket: Socket | null = null;
  #nonce = '';
  #answer: Buffer | null = null;
  #reader: FrameReader | null = null;
  #inflater: MessageInflater | null = null;
  #positions: PositionWatch = new PositionWatch();
  #startedMs = 0;
  #closeCode: number | null = null;
  #problem: string | null = null;

  constructor(options: LoadClientOptions) {
    this.#options = options;
  }

  get state(): LoadClientState {
    return this.#state;
  }

  get plan(): ClientPlan {
    return this.#options.plan;
  }

  /** When it last began to connect, monotonic ms. */
  get startedMs(): number {
    return this.#startedMs;
  }

  /** Begins to connect; only when it is idle. */
  connect(): void {
    const { plan, clock, tally, buffer, random } = this.#options;
    const { address, port, localAddress, terms } = plan;
    this.#state = 'connecting';
    this.#startedMs = clock.monotonicMs();
    this.#nonce = newNonce(random);
    this.#answer = null;
    this.#reader = null;
    this.#positions = new PositionWatch();
    this.#closeCode = null;
    this.#problem = null;
    tally.attempts += 1;
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      ...(localAddress === null ? {} : { localAddress }),
      onread: { buffer, callback: (bytes, into) => this.#read(into as Buffer, bytes) },
    });
    this.#socket = socket;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#problem ??= error.code ?? error.message;
    });
    socket.on('close', () => this.#gone());
    socket.write(handshakeRequest(terms, this.#nonce), 'latin1');
  }

  /** Ends the connection with a reset, as a cable or a proxy does, and without a word. */
  cut(): void {
    if (this.#state !== 'idle') this.#state = 'leaving';
    // A reset leaves no port waiting on either side: thousands may come back at once.
    this.#socket?.resetAndDestroy();
  }

  /** Gives a handshake up. */
  giveUp(reason: string): void {
    this.#problem ??= reason;
    this.#socket?.destroy();
  }

  /** Starts the closing handshake. */
  leave(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#socket?.write(closeFrame(CODE_NORMAL, this.#options.random));
  }

  /** From now on a client that did not read does. */
  readAtLast(): void {
    this.#socket?.resume();
  }

  /** @returns whether more is to be read */
  #read(into: Buffer, bytes: number): boolean {
    if (this.#reader !== null) {
      if (this.#options.plan.reads) this.#options.tally.wireBytes += bytes;
      this.#reader.read(into, 0, bytes);
      return true;
    }
    const fresh = into.subarray(0, bytes);
    return this.#readAnswer(this.#answer === null ? fresh : Buffer.concat([this.#answer, fresh]));
  }

  #readAnswer(answer: Buffer): boolean {
    const { plan, tally } = this.#options;
    const result = readHandshakeAnswer(answer, this.#nonce, plan.terms.compression);
    if (result.kind === 'part') {
      this.#answer = Buffer.from(answer);
      return true;
    }
    if (result.kind === 'failed') {
      this.giveUp(result.reason);
      return false;
    }
    this.#answer = null;
    this.#state = 'open';
    tally.opened += 1;
    if (plan.reads) tally.wireBytes += answer.length - result.end;
    const inflates = plan.verifies && result.compressed;
    this.#inflater = inflates ? new MessageInflater(result.takeover) : null;
    const keptBytesMax = plan.verifies ? Number.POSITIVE_INFINITY : MARKS_BYTES;
    this.#reader = new FrameReader(this, keptBytesMax);
    for (const request of plan.requests) {
      this.#socket?.write(
        clientFrame(CLIENT_OPCODES.text, Buffer.from(request), this.#options.random),
      );
    }
    this.#options.onOpened(this);
    this.#reader.read(answer, result.end, answer.length);
    return plan.reads;
  }

  // What the frames say.

  message(
    bytes: Buffer,
    start: number,
    end: number,
    payloadBytes: number,
    compressed: boolean,
  ): void {
    const { plan, tally } = this.#options;
    if (!plan.reads) return; // What is found at the end, long after it was sent.
    tally.messages += 1;
    tally.payloadBytes += payloadBytes;
    if (plan.verifies) this.#verify(bytes.subarray(start, end), compressed);
    else if (!compressed)
      this.#check(bytes.toString('latin1', start, Math.min(end, start + MARKS_BYTES)));
  }

  ping(data: Buffer): void {
    this.#socket?.write(clientFrame(CLIENT_OPCODES.pong, data, this.#options.random));
  }

  close(code: number): void {
    this.#closeCode = code;
    if (this.#state === 'open')
      this.#socket?.write(
        closeFrame(code === CODE_NONE ? CODE_NORMAL : code, this.#options.random),
      );
    this.#socket?.end();
  }

  broken(problem: string): void {
    this.#options.tally.invalid += 1;
    this.#options.tally.notices.add(`broken: ${problem}`);
    this.#closeCode = CODE_PROTOCOL_ERROR;
    this.#socket?.destroy();
  }

  #verify(payload: Buffer, compressed: boolean): void {
    const { tally } = this.#options;
    tally.verified += 1;
    try {
      if (compressed && this.#inflater === null) throw new Error('compressed, not agreed on');
      const text = compressed ? this.#inflater!.inflate(payload) : payload;
      if (!isUtf8(text)) throw new Error('no UTF-8');
      JSON.parse(text.toString());
      this.#check(text.toString('latin1', 0, MARKS_BYTES));
    } catch (error) {
      tally.invalid += 1;
      tally.notices.add(`invalid: ${(error as Error).message.slice(0, 80)}`);
    }
  }

  #check(head: string): void {
    const { clock, tally, plan } = this.#options;
    tally.checked += 1;
    const marks = readMarks(head);
    if (marks === null) return;
    if (marks.code !== null) tally.notices.add(marks.code);
    if (marks.isError) tally.errors += 1;
    const step = this.#positions.step(marks);
    if (step === null) return;
    if (marks.timeMs !== null) tally.latency.record(clock.nowSec() * 1000 - marks.timeMs);
    if (step === 0) tally.duplicates += 1;
    else if (step < 0) tally.wentBack += 1;
    else if (plan.gapsCount) tally.lost += step - 1;
  }

  #gone(): void {
    const { tally } = this.#options;
    const before = this.#state;
    const wasOpen = this.#reader !== null;
    this.#state = 'idle';
    this.#socket = null;
    this.#reader = null;
    this.#inflater = null;
    if (before === 'connecting') tally.failed.add(this.#problem ?? 'ended without an answer');
    else if (before === 'open') tally.closed.add(this.#closeCode ?? CODE_ABNORMAL);
    this.#options.onGone(this, wasOpen);
  }
}
