/** Frames of RFC 6455, 5.2, bit by bit: made with any mistake in them, and cut out of bytes. */

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

export const RSV1 = 0b100;
export const RSV2 = 0b010;
export const RSV3 = 0b001;

/** How many bits say the length: the shortest that does is the only right one. */
export type LengthBits = 7 | 16 | 64;

export interface Frame {
  readonly fin: boolean;
  /** The three reserved bits: RSV1, RSV2, RSV3, or 0. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly lengthBits: LengthBits;
  /** Without its mask. */
  readonly payload: Buffer;
}

export interface FrameChanges extends Partial<Omit<Frame, 'payload'>> {
  readonly maskKey?: Buffer;
  /** What the header says in place of the payload's length. */
  readonly declaredLength?: bigint;
}

const MASK_KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A client's frame: right in everything but what is changed. */
export function frame(
  opcode: number,
  payload: string | Buffer = '',
  changes: FrameChanges = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const { fin = true, rsv = 0, masked = true, maskKey = MASK_KEY } = changes;
  const length = changes.declaredLength ?? BigInt(bytes.length);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const bits = changes.lengthBits ?? fewestLengthBits(length);
  return Buffer.concat([
    Buffer.from([first, (masked ? 0x80 : 0) | lengthCode(bits, length)]),
    longLength(bits, length),
    masked ? maskKey : Buffer.alloc(0),
    masked ? withMask(bytes, maskKey) : bytes,
  ]);
}

export function closeFrame(code: number, reason: string | Buffer = ''): Buffer {
  return frame(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

/** One message in the fragments given. */
export function fragments(opcode: number, parts: readonly (string | Buffer)[]): Buffer[] {
  return parts.map((part, index) =>
    frame(index === 0 ? opcode : CONTINUATION, part, { fin: index === parts.length - 1 }),
  );
}

/** One by one: for fragments, or segments, of a byte each. */
export function eachByte(bytes: string | Buffer): Buffer[] {
  return Array.from(Buffer.from(bytes), (byte) => Buffer.of(byte));
}

/** A frame's header as far as it is there; null where not all of it is. */
export interface Header extends Omit<Frame, 'payload'> {
  readonly headerBytes: number;
  readonly payloadBytes: bigint;
  readonly maskKey: Buffer | null;
}

export function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < 2) return null;
  const [first, second] = [bytes[0]!, bytes[1]!];
  const masked = second >= 0x80;
  const code = second & 0x7f;
  const lengthBits = code === 127 ? 64 : code === 126 ? 16 : 7;
  const lengthEnd = 2 + (lengthBits === 7 ? 0 : lengthBits / 8);
  const headerBytes = lengthEnd + (masked ? 4 : 0);
  if (bytes.length < lengthEnd) return null;
  return {
    fin: first >= 0x80,
    rsv: (first >> 4) & 0b111,
    opcode: first & 0xf,
    masked,
    lengthBits,
    headerBytes,
    payloadBytes:
      code === 127 ? bytes.readBigUInt64BE(2) : BigInt(code === 126 ? bytes.readUInt16BE(2) : code),
    maskKey: masked && bytes.length >= headerBytes ? bytes.subarray(lengthEnd, headerBytes) : null,
  };
}

/** The payload without its mask; null where not all of it is there yet. */
export function readPayload(bytes: Buffer, header: Header): Buffer | null {
  const end = BigInt(header.headerBytes) + header.payloadBytes;
  if (BigInt(bytes.length) < end) return null;
  const payload = bytes.subarray(header.headerBytes, Number(end));
  return header.maskKey === null ? payload : withMask(payload, header.maskKey);
}

export function fewestLengthBits(length: bigint): LengthBits {
  if (length <= 125n) return 7;
  return length <= 0xffffn ? 16 : 64;
}

export function isControl(opcode: number): boolean {
  return opcode >= 0x8;
}

/** Codes that may stand in a close frame (RFC 6455, 7.4, and the registry of IANA). */
export function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

export function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function lengthCode(bits: LengthBits, length: bigint): number {
  if (bits === 7) return Number(length);
  return bits === 16 ? 126 : 127;
}

function longLength(bits: LengthBits, length: bigint): Buffer {
  const bytes = Buffer.alloc(bits === 7 ? 0 : bits / 8);
  if (bits === 16) bytes.writeUInt16BE(Number(length));
  if (bits === 64) bytes.writeBigUInt64BE(length);
  return bytes;
}

function withMask(payload: Buffer, key: Buffer): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ key[index % 4]!));
}
