/** Reads what a server wrote, byte for byte, as RFC 6455 (5.2) and RFC 7692 (7.2.2) have it. */
import { constants, inflateRawSync } from 'node:zlib';

export interface ReadFrame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** All frames of the bytes, which end with a frame. */
export function readFrames(bytes: Buffer): ReadFrame[] {
  const frames: ReadFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [first, second] = [bytes[at]!, bytes[at + 1]!];
    if ((second & 0x80) !== 0) throw new Error('a server masks nothing');
    let length = second & 0x7f;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      if (length < 126) throw new Error(`${length} written in 16 bits`);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      if (length <= 0xff_ff) throw new Error(`${length} written in 64 bits`);
      at += 8;
    }
    if (at + length > bytes.length) throw new Error('ends within a frame');
    const payload = bytes.subarray(at, at + length);
    const rsv1 = (first & 0x40) !== 0;
    frames.push({ fin: (first & 0x80) !== 0, rsv1, opcode: first & 0x0f, payload });
    at += length;
  }
  return frames;
}

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** A client's end of permessage-deflate. */
export class Inflater {
  readonly #windowBits: number;
  readonly #keepsWindow: boolean;
  #window: Buffer = Buffer.alloc(0);

  constructor(keepsWindow: boolean, windowBits: number) {
    this.#keepsWindow = keepsWindow;
    this.#windowBits = windowBits;
  }

  message({ rsv1, payload }: ReadFrame): string {
    if (!rsv1) return payload.toString();
    const inflated = inflateRawSync(Buffer.concat([payload, TAIL]), {
      windowBits: this.#windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      // Little at a time: then zlib reads what came before from its window, not from its output.
      chunkSize: 64,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    if (this.#keepsWindow) {
      const all = Buffer.concat([this.#window, inflated]);
      this.#window = all.subarray(-(2 ** this.#windowBits));
    }
    return inflated.toString();
  }
}
