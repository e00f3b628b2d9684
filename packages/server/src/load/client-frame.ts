import type { RandomBytes } from './random-bytes.ts';

/** Opcodes of what a client sends (RFC 6455, 5.2). */
export const CLIENT_OPCODES = { text: 1, close: 8, pong: 10 } as const;

const FIN = 0x80;
const MASKED = 0x80;
const MASK_BYTES = 4;
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xff_ff;

/**
 * A frame of a client: whole, and masked with bytes that nobody can foretell (RFC 6455, 5.3).
 * @param payload at most 65,535 bytes; else a RangeError: requests are short
 */
export function clientFrame(
  opcode: (typeof CLIENT_OPCODES)[keyof typeof CLIENT_OPCODES],
  payload: Buffer,
  random: RandomBytes,
): Buffer {
  if (payload.length > MEDIUM_MAX) {
    throw new RangeError(`a request of ${payload.length} bytes; allowed: up to ${MEDIUM_MAX}`);
  }
  const isShort = payload.length <= SHORT_MAX;
  const head = isShort ? 2 : 4;
  const frame = Buffer.allocUnsafe(head + MASK_BYTES + payload.length);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (isShort ? payload.length : 126);
  if (!isShort) frame.writeUInt16BE(payload.length, 2);
  const mask = random.take(MASK_BYTES);
  mask.copy(frame, head);
  for (let i = 0; i < payload.length; i += 1) {
    frame[head + MASK_BYTES + i] = payload[i]! ^ mask[i % MASK_BYTES]!;
  }
  return frame;
}

/** A close frame with that code and no reason. */
export function closeFrame(code: number, random: RandomBytes): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return clientFrame(CLIENT_OPCODES.close, payload, random);
}
