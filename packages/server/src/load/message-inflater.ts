import { constants, inflateRawSync } from 'node:zlib';

/** What a sender leaves out at the end of each message (RFC 7692, 7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** As far back as deflate can refer (RFC 1951, 2). */
const WINDOW_BYTES = 32_768;
/** No message of ours is near it; whatever inflates to more is broken. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Inflates the compressed messages of one connection, one after another. What the window holds
 * is the end of what was inflated so far: with it as dictionary each message stands for itself.
 */
export class MessageInflater {
  readonly #takeover: boolean;
  #window: Buffer = Buffer.alloc(0);

  /** @param takeover whether messages may refer to those before them */
  constructor(takeover: boolean) {
    this.#takeover = takeover;
  }

  /** The text as UTF-8. Throws an Error when the bytes are no deflate stream. */
  inflate(payload: Buffer): Buffer {
    const message = inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: MESSAGE_BYTES_MAX,
      ...(this.#window.length === 0 ? {} : { dictionary: this.#window }),
    });
    if (this.#takeover) {
      const both = Buffer.concat([this.#window, message.subarray(-WINDOW_BYTES)]);
      // A copy, so that a long message is not held for its end.
      this.#window = Buffer.from(both.subarray(-WINDOW_BYTES));
    }
    return message;
  }
}
