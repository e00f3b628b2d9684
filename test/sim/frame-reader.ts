const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const RSV1 = 0x40;
const MASK = 0x80;
const CONTROL_BYTES_MAX = 125;
const NOTHING = Buffer.alloc(0);
const HEAD_END = '\r\n\r\n';

/** What a server sent, piece by piece. */
export interface FrameListener {
  /** The answer to the handshake, without the empty line at its end. */
  handshake(head: string): void;
  text(payload: Buffer, compressed: boolean): void;
  ping(payload: Buffer): void;
  pong(payload: Buffer): void;
  close(code: number, reason: string): void;
}

/**
 * Reads a server's bytes as strictly as RFC 6455 can be read, and as this server writes them: each
 * message in one frame. Throws at the first frame that is wrong.
 */
export class FrameReader {
  readonly #listener: FrameListener;
  #rest: Buffer = NOTHING;
  #greeted = false;
  #closed = false;

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const used = this.#greeted ? this.#frame(bytes) : this.#head(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.#rest = bytes;
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    this.#greeted = true;
    this.#listener.handshake(bytes.toString('latin1', 0, end));
    return end + HEAD_END.length;
  }

  /** @returns the bytes of the frame; 0 when it is not all there */
  #frame(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    demand(!this.#closed, 'a frame after the close frame');
    const [first, second] = [bytes[0]!, bytes[1]!];
    demand((first & FIN) !== 0, 'a fragment');
    demand((second & MASK) === 0, 'a mask');
    const short = second & ~MASK;
    const headerBytes = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < headerBytes) return 0;
    const length =
      headerBytes === 2 ? short : headerBytes === 4 ? bytes.readUInt16BE(2) : longLength(bytes);
    demand(headerBytes !== 4 || length > 125, 'a length of 16 bits that fits into 7');
    const end = headerBytes + length;
    if (bytes.length < end) return 0;
    this.#take(first, bytes.subarray(headerBytes, end));
    return end;
  }

  #take(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    const reserved = first & ~FIN & 0xf0;
    if (opcode === TEXT) {
      demand(reserved === 0 || reserved === RSV1, `reserved bits ${reserved}`);
      this.#listener.text(payload, reserved === RSV1);
      return;
    }
    demand(reserved === 0, `reserved bits ${reserved} in a control frame`);
    demand(payload.length <= CONTROL_BYTES_MAX, `a control frame of ${payload.length} bytes`);
    if (opcode === PING) this.#listener.ping(payload);
    else if (opcode === PONG) this.#listener.pong(payload);
    else {
      demand(opcode === CLOSE, `opcode ${opcode}`);
      demand(payload.length !== 1, 'a close body of one byte');
      this.#closed = true;
      const code = payload.length === 0 ? 1005 : payload.readUInt16BE();
      this.#listener.close(code, payload.toString('utf8', 2));
    }
  }
}

function longLength(bytes: Buffer): number {
  const length = Number(bytes.readBigUInt64BE(2));
  demand(length > 0xff_ff, 'a length of 64 bits that fits into 16');
  return length;
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw new Error(`the server sent ${wrong}`);
}

/** A client's frame (RFC 6455, 5.2), masked as all of them have to be. */
export function clientFrame(opcode: number, payload: Buffer, mask: Buffer): Buffer {
  const header =
    payload.length <= CONTROL_BYTES_MAX
      ? Buffer.from([FIN | opcode, MASK | payload.length])
      : Buffer.from([FIN | opcode, MASK | 126, payload.length >> 8, payload.length & 0xff]);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ mask[index & 3]!));
  return Buffer.concat([header, mask, masked]);
}

export const OPCODES = { text: TEXT, binary: 0x2, close: CLOSE, ping: PING, pong: PONG } as const;
