/** Frames of RFC 6455, as a client reads and writes them. Pure: bytes in, values out. */
import type { Inflater } from './node-inflate.ts';

export const OPCODE = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/**
 * Bytes of a message, over all its fragments. The largest that a server of ours sends has 660 KB
 * (docs/reference/protocol.md, `confirmed`).
 */
export const MESSAGE_BYTES_MAX: number = 16 * 1024 * 1024;

/** RFC 6455, 5.5. */
const CONTROL_BYTES_MAX = 125;
const HEADER_BYTES_MAX = 10;

const FIN = 0x80;
/** Says that a message is compressed (RFC 7692, 6). */
const RSV1 = 0x40;
const RESERVED = 0x30;
const MASK = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Close codes of RFC 6455, 7.4.1. */
const PROTOCOL_ERROR = 1002;
const NO_CODE = 1005;
const NOT_AS_SAID = 1007;
const TOO_BIG = 1009;

export type Incoming =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' | 'ping' | 'pong'; readonly payload: Buffer }
  /** `code` is 1005 where the server gave none. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The server broke the protocol. `code` is what to close with, `reason` is for a person. */
  | { readonly kind: 'fault'; readonly code: number; readonly reason: string };

interface Header {
  readonly fin: boolean;
  readonly isCompressed: boolean;
  readonly opcode: number;
  readonly payloadBytes: number;
}

/** What is wrong with a frame; never leaves this file. */
class FrameFault extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

/**
 * Cuts a server's bytes into messages, however they arrive: by the byte, or many frames at once.
 * As strict as RFC 6455 lets a client be. Memory grows with what came, not with what a header
 * announces, and not with the number of pieces.
 */
export class FrameReader {
  /** Null where no compression was agreed on. */
  readonly #inflater: Inflater | null;
  readonly #bytesMax: number;
  readonly #header: Buffer = Buffer.alloc(HEADER_BYTES_MAX);
  #headerBytes = 0;
  /** The frame whose payload is being read; null between frames. */
  #frame: Header | null = null;
  #missingBytes = 0;
  #control: GrowingBytes = new GrowingBytes();
  #message: GrowingBytes = new GrowingBytes();
  /** Text or binary; null between messages. */
  #messageOpcode: number | null = null;
  #isCompressed = false;
  #ended = false;

  constructor(inflater: Inflater | null = null, bytesMax: number = MESSAGE_BYTES_MAX) {
    this.#inflater = inflater;
    this.#bytesMax = bytesMax;
  }

  /**
   * @returns what these bytes completed. A close or a fault is the last thing there is: what
   * comes after it is not read.
   */
  push(chunk: Buffer): Incoming[] {
    const found: Incoming[] = [];
    let at = 0;
    try {
      while (at < chunk.length && !this.#ended) {
        at += this.#frame === null ? this.#takeHeader(chunk, at) : this.#takePayload(chunk, at);
        if (this.#frame === null || this.#missingBytes > 0) continue;
        const whole = this.#endFrame(this.#frame);
        if (whole !== null) found.push(whole);
      }
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error;
      this.#end();
      found.push({ kind: 'fault', code: error.code, reason: error.message });
    }
    return found;
  }

  /** @returns how many bytes were of the header */
  #takeHeader(chunk: Buffer, at: number): number {
    const wanted = headerBytesOf(this.#header, this.#headerBytes) - this.#headerBytes;
    const copied = chunk.copy(this.#header, this.#headerBytes, at, at + wanted);
    this.#headerBytes += copied;
    if (this.#headerBytes === headerBytesOf(this.#header, this.#headerBytes)) {
      this.#frame = this.#checked(readHeader(this.#header));
      this.#missingBytes = this.#frame.payloadBytes;
      this.#headerBytes = 0;
    }
    return copied;
  }

  #checked(frame: Header): Header {
    const begins = !isControl(frame.opcode) && frame.opcode !== OPCODE.continuation;
    const mayBeCompressed = begins && this.#inflater !== null;
    demand(!frame.isCompressed || mayBeCompressed, 'a first reserved bit here (5.2)');
    if (isControl(frame.opcode)) return frame;
    demand(begins || this.#messageOpcode !== null, 'a continuation of nothing (5.4)');
    demand(!begins || this.#messageOpcode === null, 'a message within a message (5.4)');
    if (this.#message.length + frame.payloadBytes > this.#bytesMax) throw tooBig(this.#bytesMax);
    if (begins) {
      this.#messageOpcode = frame.opcode;
      this.#isCompressed = frame.isCompressed;
    }
    return frame;
  }

  /** @returns how many bytes were of the payload */
  #takePayload(chunk: Buffer, at: number): number {
    const piece = chunk.subarray(at, at + this.#missingBytes);
    (isControl(this.#frame!.opcode) ? this.#control : this.#message).push(piece);
    this.#missingBytes -= piece.length;
    return piece.length;
  }

  /** @returns null for a message that goes on */
  #endFrame({ fin, opcode }: Header): Incoming | null {
    this.#frame = null;
    if (isControl(opcode)) return this.#endControl(opcode, this.#control.take());
    if (!fin) return null;
    const isText = this.#messageOpcode === OPCODE.text;
    this.#messageOpcode = null;
    const payload = this.#plain(this.#message.take());
    return isText ? { kind: 'text', text: utf8(payload) } : { kind: 'binary', payload };
  }

  #plain(payload: Buffer): Buffer {
    if (!this.#isCompressed) return payload;
    try {
      return this.#inflater!.inflate(payload, this.#bytesMax);
    } catch (error) {
      if (error instanceof RangeError) throw tooBig(this.#bytesMax);
      throw new FrameFault(NOT_AS_SAID, 'a message that cannot be inflated');
    }
  }

  #endControl(opcode: number, payload: Buffer): Incoming {
    if (opcode === OPCODE.ping) return { kind: 'ping', payload };
    if (opcode === OPCODE.pong) return { kind: 'pong', payload };
    this.#end();
    if (payload.length === 0) return { kind: 'close', code: NO_CODE, reason: '' };
    demand(payload.length > 1, 'a close frame of one byte (5.5.1)');
    const code = payload.readUInt16BE();
    demand(isCloseCode(code), `close code ${code} (7.4)`);
    return { kind: 'close', code, reason: utf8(payload.subarray(2)) };
  }

  #end(): void {
    this.#ended = true;
    this.#message.take();
  }
}

/** Bytes put together from pieces of any size. */
class GrowingBytes {
  #room: Buffer = Buffer.alloc(0);
  length = 0;

  push(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.#room.length) {
      const larger = Buffer.alloc(Math.max(length, 2 * this.#room.length));
      this.#room.copy(larger, 0, 0, this.length);
      this.#room = larger;
    }
    piece.copy(this.#room, this.length);
    this.length = length;
  }

  /** All of it; afterwards there is nothing. */
  take(): Buffer {
    const bytes = this.#room.subarray(0, this.length);
    this.#room = Buffer.alloc(0);
    this.length = 0;
    return bytes;
  }
}

/** Bytes of a header, as far as those of it that are there can tell. */
function headerBytesOf(header: Buffer, bytesThere: number): number {
  if (bytesThere < 2) return 2;
  const length = header[1]! & ~MASK;
  if (length === LENGTH_64) return 10;
  return length === LENGTH_16 ? 4 : 2;
}

function readHeader(header: Buffer): Header {
  const [first, second] = [header[0]!, header[1]!];
  const opcode = first & 0x0f;
  const fin = (first & FIN) !== 0;
  const isCompressed = (first & RSV1) !== 0;
  demand((first & RESERVED) === 0, 'reserved bits that nothing was agreed on for (5.2)');
  demand((second & MASK) === 0, 'a mask from a server (5.1)');
  demand(Object.values<number>(OPCODE).includes(opcode), `opcode ${opcode} (5.2)`);
  const payloadBytes = readLength(header, second);
  if (isControl(opcode)) {
    demand(fin, 'a control frame in fragments (5.5)');
    demand(payloadBytes <= CONTROL_BYTES_MAX, `a control frame of ${payloadBytes} bytes (5.5)`);
  }
  return { fin, isCompressed, opcode, payloadBytes };
}

function readLength(header: Buffer, code: number): number {
  if (code < LENGTH_16) return code;
  if (code === LENGTH_16) {
    const length = header.readUInt16BE(2);
    demand(length >= LENGTH_16, 'a length of 16 bits that fits into 7 (5.2)');
    return length;
  }
  const high = header.readUInt32BE(2);
  const length = high * 2 ** 32 + header.readUInt32BE(6);
  demand(high < 2 ** 31, 'a length with its first bit set (5.2)');
  demand(length > 0xff_ff, 'a length of 64 bits that fits into 16 (5.2)');
  return length;
}

function tooBig(bytesMax: number): FrameFault {
  return new FrameFault(TOO_BIG, `a message of over ${bytesMax} bytes`);
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw new FrameFault(PROTOCOL_ERROR, `RFC 6455 does not allow ${wrong}`);
}

function isControl(opcode: number): boolean {
  return opcode >= OPCODE.close;
}

/** Codes that may stand in a close frame: RFC 6455, 7.4, and those registered since. */
function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameFault(NOT_AS_SAID, 'text that is not UTF-8');
  }
}

/**
 * A client's frame: one whole message, or a control frame.
 *
 * @param maskKey 4 bytes that nobody can foresee (RFC 6455, 10.3)
 */
export function clientFrame(opcode: number, payload: Buffer, maskKey: Buffer): Buffer {
  const headerBytes = payload.length < LENGTH_16 ? 2 : payload.length <= 0xff_ff ? 4 : 10;
  const frame = Buffer.alloc(headerBytes + maskKey.length + payload.length);
  frame[0] = FIN | opcode;
  if (headerBytes === 2) {
    frame[1] = MASK | payload.length;
  } else if (headerBytes === 4) {
    frame[1] = MASK | LENGTH_16;
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame[1] = MASK | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  maskKey.copy(frame, headerBytes);
  const start = headerBytes + maskKey.length;
  for (let at = 0; at < payload.length; at += 1)
    frame[start + at] = payload[at]! ^ maskKey[at % 4]!;
  return frame;
}

/** The payload of a close frame; null is no code. */
export function closePayload(code: number | null): Buffer {
  return code === null ? Buffer.alloc(0) : Buffer.of(code >> 8, code & 0xff);
}
