import { inflateRawSync, constants as zlib } from 'node:zlib';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  type Header,
  isCloseCode,
  isControl,
  isUtf8,
  PING,
  PONG,
  RSV1,
  readHeader,
  readPayload,
  TEXT,
} from './frame.ts';

/** What a client may do, as agreed in the handshake and as this server limits it. */
export interface ClientRules {
  readonly deflate: boolean;
  readonly messageBytesMax: number;
  readonly fragmentsMax: number;
}

/** What a right server makes of a client's bytes. */
export interface Verdict {
  /** In order: the payload of a pong for each ping, null for the answer to a message. */
  readonly answers: readonly (string | null)[];
  /**
   * The codes of which one closes the connection: several where two things are wrong at once.
   * Empty when nothing closes it; null in them for a close frame without a body.
   */
  readonly closes: readonly (number | null)[];
  /** False when what follows is up to the inflating library: compressed data goes on past its end. */
  readonly certain: boolean;
}

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** What ends the reading. `codes` is empty where what follows is uncertain. */
class Stop extends Error {
  readonly codes: readonly (number | null)[];

  constructor(...codes: (number | null)[]) {
    super(`stop: ${codes.join()}`);
    this.codes = codes;
  }
}

/**
 * Reads what a client sent as RFC 6455 and RFC 7692 want it read, in the order in which this server
 * looks: frame by frame, the text only once it is whole. Slow and plain: the server is tested
 * against it.
 */
export function judge(bytes: Buffer, rules: ClientRules): Verdict {
  const reading = new Reading(rules);
  try {
    reading.readAll(bytes);
    return { answers: reading.answers, closes: [], certain: true };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const { codes } = error;
    return { answers: reading.answers, closes: codes, certain: codes.length > 0 };
  }
}

class Reading {
  readonly answers: (string | null)[] = [];
  readonly #rules: ClientRules;
  #opcode: number | null = null;
  #compressed = false;
  #parts: Buffer[] = [];

  constructor(rules: ClientRules) {
    this.#rules = rules;
  }

  readAll(bytes: Buffer): void {
    let rest = bytes;
    for (;;) {
      if (rest.length >= 2) this.#checkStart(rest);
      const header = readHeader(rest);
      if (header === null) return;
      this.#checkLength(header);
      const payload = readPayload(rest, header);
      if (payload === null) return;
      rest = rest.subarray(header.headerBytes + payload.length);
      if (isControl(header.opcode)) this.#control(header.opcode, payload);
      else this.#data(header, payload);
    }
  }

  /** The first two bytes say enough to refuse a frame. */
  #checkStart(bytes: Buffer): void {
    const [fin, rsv, opcode] = [bytes[0]! >= 0x80, (bytes[0]! >> 4) & 0b111, bytes[0]! & 0xf];
    const [masked, length] = [bytes[1]! >= 0x80, bytes[1]! & 0x7f];
    const begins = opcode === TEXT || opcode === BINARY;
    const mayCompress = this.#rules.deflate && begins;
    if (rsv !== 0 && !(rsv === RSV1 && mayCompress)) throw new Stop(1002);
    if (isControl(opcode)) {
      if (opcode !== CLOSE && opcode !== PING && opcode !== PONG) throw new Stop(1002);
      if (!fin || length > 125 || (opcode === CLOSE && length === 1)) throw new Stop(1002);
    } else if (!begins && opcode !== CONTINUATION) throw new Stop(1002);
    else if (begins !== (this.#opcode === null)) throw new Stop(1002);
    if (!masked) throw new Stop(1002);
  }

  #checkLength({ opcode, payloadBytes }: Header): void {
    if (isControl(opcode)) return;
    const before = this.#parts.reduce((sum, { length }) => sum + length, 0);
    if (BigInt(before) + payloadBytes > BigInt(this.#rules.messageBytesMax)) throw new Stop(1009);
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.answers.push(payload.toString('latin1'));
    if (opcode !== CLOSE) return;
    if (payload.length === 0) throw new Stop(null);
    const code = payload.readUInt16BE();
    if (!isCloseCode(code)) throw new Stop(1002);
    throw new Stop(isUtf8(payload.subarray(2)) ? code : 1007);
  }

  #data({ fin, rsv, opcode }: Header, payload: Buffer): void {
    if (this.#opcode === null) {
      this.#opcode = opcode;
      this.#compressed = rsv === RSV1;
    }
    this.#parts.push(payload);
    if (this.#parts.length > this.#rules.fragmentsMax) throw new Stop(1008);
    const joined = Buffer.concat(this.#parts);
    const message = this.#compressed ? this.#inflate(joined, fin) : joined;
    if (!fin) return;
    if (this.#opcode === TEXT && !isUtf8(message)) throw new Stop(1007);
    this.answers.push(null);
    this.#opcode = null;
    this.#parts = [];
  }

  /** Clients agreed not to use the window of the message before. */
  #inflate(deflated: Buffer, whole: boolean): Buffer {
    const input = whole ? Buffer.concat([deflated, TAIL]) : deflated;
    const { buffer, engine } = this.#inflated(input);
    if (buffer.length > this.#rules.messageBytesMax) throw new Stop(1009, 1007);
    if (engine.bytesWritten < input.length) throw new Stop();
    return buffer;
  }

  #inflated(input: Buffer): Inflated {
    const maxOutputLength = this.#rules.messageBytesMax + 1;
    const options = { finishFlush: zlib.Z_SYNC_FLUSH, info: true, maxOutputLength };
    try {
      // The types do not know what `info` does.
      return inflateRawSync(input, options) as unknown as Inflated;
    } catch (error) {
      throw error instanceof RangeError ? new Stop(1009, 1007) : new Stop(1007, 1009);
    }
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
