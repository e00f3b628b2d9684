import { inflateRawSync, constants as zlib } from 'node:zlib';
import {
  CLOSE,
  CONTINUATION,
  fewestLengthBits,
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

/** What a server sent, message by message. `code` is null for a close without a body. */
export type Received =
  | { readonly kind: 'text'; readonly text: string; readonly compressed: boolean }
  | { readonly kind: 'ping'; readonly payload: string }
  | { readonly kind: 'pong'; readonly payload: string }
  | { readonly kind: 'close'; readonly code: number | null; readonly reason: string };

const WINDOW_BYTES = 32_768;
/** What RFC 7692, 7.2.2 has taken off the end of each message. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/**
 * Reads a server's bytes and holds them to all that RFC 6455 and RFC 7692 ask of them: throws at
 * the first that is wrong. What this server never does (binary messages) is wrong as well.
 */
export class StrictReader {
  /** Window of the agreed compression, by base 2 logarithm; null where none was agreed on. */
  readonly #windowBits: number | null;
  readonly #takeover: boolean;
  #bytes: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #opcode: number | null = null;
  #compressed = false;
  #window: Buffer = Buffer.alloc(0);
  #closed = false;

  constructor(windowBits: number | null = null, takeover = true) {
    this.#windowBits = windowBits;
    this.#takeover = takeover;
  }

  /** Takes the next bytes and returns what they completed. */
  push(chunk: Buffer): Received[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const received: Received[] = [];
    for (;;) {
      const header = readHeader(this.#bytes);
      if (header === null) break;
      this.#checkHeader(header);
      const payload = readPayload(this.#bytes, header);
      if (payload === null) break;
      this.#bytes = this.#bytes.subarray(header.headerBytes + payload.length);
      const whole = isControl(header.opcode)
        ? this.#control(header.opcode, payload)
        : this.#data(header, payload);
      if (whole !== null) received.push(whole);
    }
    return received;
  }

  /** To be called when the server has ended its side: what is half there is wrong. */
  end(): void {
    demand(this.#bytes.length === 0, 'ended within a frame');
    demand(this.#opcode === null, 'ended within a message');
  }

  #checkHeader({ fin, rsv, opcode, masked, lengthBits, payloadBytes }: Header): void {
    demand(!this.#closed, 'a frame after the close frame (5.5.1)');
    demand(!masked, 'a mask from a server (5.1)');
    demand(lengthBits === fewestLengthBits(payloadBytes), `length in ${lengthBits} bits (5.2)`);
    if (isControl(opcode)) {
      demand(opcode === CLOSE || opcode === PING || opcode === PONG, `opcode ${opcode} (5.2)`);
      demand(fin, 'a fragmented control frame (5.5)');
      demand(payloadBytes <= 125n, `a control frame of ${payloadBytes} bytes (5.5)`);
      demand(rsv === 0, `reserved bits ${rsv} in a control frame (5.2)`);
      return;
    }
    demand(opcode === TEXT || opcode === CONTINUATION, `opcode ${opcode} (5.2)`);
    const begins = this.#opcode === null;
    demand(begins === (opcode === TEXT), `opcode ${opcode} out of turn (5.4)`);
    const mayCompress = begins && this.#windowBits !== null;
    demand(rsv === 0 || (rsv === RSV1 && mayCompress), `reserved bits ${rsv} (5.2; 7692, 6)`);
  }

  #control(opcode: number, payload: Buffer): Received {
    if (opcode !== CLOSE) {
      return { kind: opcode === PING ? 'ping' : 'pong', payload: payload.toString('latin1') };
    }
    this.#closed = true;
    if (payload.length === 0) return { kind: 'close', code: null, reason: '' };
    demand(payload.length >= 2, 'a close body of one byte (5.5.1)');
    const [code, reason] = [payload.readUInt16BE(), payload.subarray(2)];
    demand(isCloseCode(code), `close code ${code} (7.4)`);
    demand(isUtf8(reason), 'a close reason that is not UTF-8 (5.5.1)');
    return { kind: 'close', code, reason: reason.toString() };
  }

  #data({ fin, rsv, opcode }: Header, payload: Buffer): Received | null {
    if (this.#opcode === null) {
      this.#opcode = opcode;
      this.#compressed = rsv === RSV1;
    }
    this.#parts.push(payload);
    if (!fin) return null;
    const compressed = this.#compressed;
    const joined = Buffer.concat(this.#parts);
    const bytes = compressed ? this.#inflate(joined) : joined;
    this.#parts = [];
    this.#opcode = null;
    demand(isUtf8(bytes), 'a text that is not UTF-8 (8.1)');
    return { kind: 'text', text: bytes.toString(), compressed };
  }

  #inflate(deflated: Buffer): Buffer {
    const bytes = inflateRawSync(Buffer.concat([deflated, TAIL]), {
      windowBits: this.#windowBits!,
      finishFlush: zlib.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    if (this.#takeover) {
      this.#window = Buffer.concat([this.#window, bytes]).subarray(-WINDOW_BYTES);
    }
    return bytes;
  }
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw new Error(`the server broke RFC 6455: ${wrong}`);
}
