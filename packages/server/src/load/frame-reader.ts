/** What a FrameReader finds. Calls come within `read`; bytes are good until the call returns. */
export interface FrameEvents {
  /**
   * A whole message has come.
   * @param bytes where its first bytes are, from `start` to before `end`: all of it, or as many as
   *   the reader keeps
   * @param payloadBytes its whole length, as it came
   * @param compressed whether it was marked so (RFC 7692, 6)
   */
  message(
    bytes: Buffer,
    start: number,
    end: number,
    payloadBytes: number,
    compressed: boolean,
  ): void;
  ping(data: Buffer): void;
  /** @param code 1005 when the frame had none (RFC 6455, 7.1.5) */
  close(code: number): void;
  /** The server broke RFC 6455; nothing more is read. */
  broken(problem: string): void;
}

const FIN = 0x80;
const RSV1 = 0x40;
const RSV2_RSV3 = 0x30;
const OPCODE = 0x0f;
const MASK = 0x80;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const CONTROL_BYTES_MAX = 125;
const HEADER_BYTES_MAX = 10;
const CODE_NONE = 1005;

/**
 * Reads a server's frames (RFC 6455, 5.2) where they lie: of a message that comes in one piece
 * nothing is copied, and of others only as many bytes as somebody looks at.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #keptBytesMax: number;
  /** A header whose end has not come yet. */
  #header: Buffer | null = null;
  #headerBytes = 0;
  #inPayload = false;
  #first = 0;
  #left = 0;
  /** Of the message that is under way: whether there is one, how it began, what has come of it. */
  #inMessage = false;
  #compressed = false;
  #messageBytes = 0;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #control: Buffer[] = [];
  #ended = false;

  /** @param keptBytesMax how much of each message is handed over at most */
  constructor(events: FrameEvents, keptBytesMax: number) {
    this.#events = events;
    this.#keptBytesMax = keptBytesMax;
  }

  /** Takes the next bytes of the connection, from `start` to before `end`. */
  read(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#ended) {
      at = this.#inPayload ? this.#readPayload(bytes, at, end) : this.#readHeader(bytes, at, end);
    }
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const isWhole =
      this.#headerBytes === 0 &&
      end - start >= 2 &&
      end - start >= headerBytesOf(bytes[start + 1]!);
    if (isWhole) {
      this.#begin(bytes, start);
      return start + headerBytesOf(bytes[start + 1]!);
    }
    this.#header ??= Buffer.alloc(HEADER_BYTES_MAX);
    let at = start;
    while (at < end) {
      this.#header[this.#headerBytes] = bytes[at]!;
      this.#headerBytes += 1;
      at += 1;
      if (this.#headerBytes >= 2 && this.#headerBytes === headerBytesOf(this.#header[1]!)) {
        this.#headerBytes = 0;
        this.#begin(this.#header, 0);
        break;
      }
    }
    return at;
  }

  #begin(header: Buffer, at: number): void {
    this.#first = header[at]!;
    const problem = this.#problemOf(header[at + 1]!);
    if (problem !== null) {
      this.#fail(problem);
      return;
    }
    const short = header[at + 1]!;
    if (short === 126) this.#left = header.readUInt16BE(at + 2);
    else if (short === 127) {
      this.#left = header.readUInt32BE(at + 2) * 2 ** 32 + header.readUInt32BE(at + 6);
    } else this.#left = short;
    const opcode = this.#first & OPCODE;
    if (opcode === TEXT || opcode === BINARY) {
      this.#inMessage = true;
      this.#compressed = (this.#first & RSV1) !== 0;
    }
    this.#inPayload = true;
    if (this.#left === 0) this.#endFrame(header, 0, 0);
  }

  #problemOf(second: number): string | null {
    const opcode = this.#first & OPCODE;
    const fin = (this.#first & FIN) !== 0;
    if ((second & MASK) !== 0) return 'a masked frame';
    if ((this.#first & RSV2_RSV3) !== 0) return 'a reserved bit';
    if (opcode > PONG || (opcode > BINARY && opcode < CLOSE)) return `the opcode ${opcode}`;
    if (opcode >= CLOSE) {
      if (!fin) return 'a fragmented control frame';
      if (second > CONTROL_BYTES_MAX) return 'a control frame over 125 bytes';
    }
    const begins = opcode === TEXT || opcode === BINARY;
    if (!begins && (this.#first & RSV1) !== 0) return 'a compressed frame that begins no message';
    if (begins && this.#inMessage) return 'a message inside another one';
    if (opcode === CONTINUATION && !this.#inMessage) return 'a continuation of nothing';
    return null;
  }

  #readPayload(bytes: Buffer, start: number, end: number): number {
    const taken = Math.min(this.#left, end - start);
    this.#left -= taken;
    if (this.#left === 0) {
      this.#endFrame(bytes, start, start + taken);
    } else if ((this.#first & OPCODE) >= CLOSE) {
      this.#control.push(Buffer.from(bytes.subarray(start, start + taken)));
    } else {
      this.#keep(bytes, start, start + taken);
    }
    return start + taken;
  }

  /** The last bytes of a frame have come. */
  #endFrame(bytes: Buffer, start: number, end: number): void {
    this.#inPayload = false;
    if ((this.#first & OPCODE) >= CLOSE) {
      const data = Buffer.concat([...this.#control, bytes.subarray(start, end)]);
      this.#control = [];
      this.#endControl(this.#first & OPCODE, data);
      return;
    }
    const fin = (this.#first & FIN) !== 0;
    if (fin && this.#messageBytes === 0) {
      this.#inMessage = false;
      const keptEnd = Math.min(end, start + this.#keptBytesMax);
      this.#events.message(bytes, start, keptEnd, end - start, this.#compressed);
      return;
    }
    this.#keep(bytes, start, end);
    if (!fin) return;
    const kept = Buffer.concat(this.#kept);
    const payloadBytes = this.#messageBytes;
    this.#inMessage = false;
    this.#messageBytes = 0;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#events.message(kept, 0, kept.length, payloadBytes, this.#compressed);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#messageBytes += end - start;
    const wanted = Math.min(end - start, this.#keptBytesMax - this.#keptBytes);
    if (wanted <= 0) return;
    this.#kept.push(Buffer.from(bytes.subarray(start, start + wanted)));
    this.#keptBytes += wanted;
  }

  #endControl(opcode: number, data: Buffer): void {
    if (opcode === PING) this.#events.ping(data);
    else if (opcode === CLOSE) this.#endByClose(data);
  }

  #endByClose(data: Buffer): void {
    const code = data.length === 0 ? CODE_NONE : data.length === 1 ? 0 : data.readUInt16BE(0);
    if (data.length > 0 && !isCloseCode(code)) {
      this.#fail(`a close frame with the code ${code}`);
      return;
    }
    this.#ended = true;
    this.#events.close(code);
  }

  #fail(problem: string): void {
    this.#ended = true;
    this.#events.broken(problem);
  }
}

/** @param second the second byte of a frame, which tells how long its length is */
function headerBytesOf(second: number): number {
  const short = second & ~MASK;
  if (short < 126) return 2;
  return short === 126 ? 4 : HEADER_BYTES_MAX;
}

/** Codes that may stand in a frame (RFC 6455, 7.4, and the IANA registry). */
function isCloseCode(code: number): boolean {
  if (code >= 3000) return code < 5000;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}
