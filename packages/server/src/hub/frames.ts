/** Text frames of a server (RFC 6455, 5.2): whole messages, without mask, so all clients share them. */

const FIN_TEXT = 0x81;
/** Says that the payload is compressed (RFC 7692, 6). */
const RSV1 = 0x40;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xff_ff;

/**
 * One text message as one frame: header and payload.
 * @param payload UTF-8, or its compressed form
 */
export function textFrame(payload: Buffer, compressed = false): Buffer {
  const header = frameHeaderBytes(payload.length);
  const frame = Buffer.allocUnsafeSlow(header + payload.length);
  frame[0] = compressed ? FIN_TEXT | RSV1 : FIN_TEXT;
  if (payload.length <= SHORT_MAX) {
    frame[1] = payload.length;
  } else if (payload.length <= MEDIUM_MAX) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeUInt32BE(Math.floor(payload.length / 2 ** 32), 2);
    frame.writeUInt32BE(payload.length % 2 ** 32, 6);
  }
  payload.copy(frame, header);
  return frame;
}

/** Bytes of the header in front of a payload of that length. */
export function frameHeaderBytes(payloadBytes: number): number {
  if (payloadBytes <= SHORT_MAX) return 2;
  return payloadBytes <= MEDIUM_MAX ? 4 : 10;
}

/** Frames one after another, to be written at once; one alone is not copied. */
export function joined(frames: readonly Buffer[]): Buffer {
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
}
