/** Reads what came compressed: permessage-deflate (RFC 7692). What is sent goes out as it is. */
import { inflateRawSync, constants as zlib } from 'node:zlib';

/** With the messages before as a dictionary: a map of 22 KB that changed a little takes 0.5 KB. */
export const DEFLATE_OFFER = 'permessage-deflate';

const WINDOW_BYTES = 32_768;
/** What is taken off the end of each message (7.2.2). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** What a server may answer to our offer (7.1), and whether it has a value. */
const PARAMETERS = new Map([
  ['server_no_context_takeover', /^$/],
  ['client_no_context_takeover', /^$/],
  ['server_max_window_bits', /^=(?:[89]|1[0-5])$/],
]);

export interface DeflateTerms {
  /** Whether each message may refer to those before it. */
  readonly isShared: boolean;
}

/**
 * @param answer the server's `Sec-WebSocket-Extensions`
 * @returns null for what was not offered
 */
export function readDeflateAnswer(answer: string): DeflateTerms | null {
  const [name, ...parameters] = answer.split(';').map((part) => part.trim());
  if (name !== DEFLATE_OFFER) return null;
  const names = new Set<string>();
  for (const parameter of parameters) {
    const [, key = '', value = ''] = /^([\w-]+)\s*(.*)$/.exec(parameter) ?? [];
    if (names.has(key) || !PARAMETERS.get(key)?.test(value)) return null;
    names.add(key);
  }
  return { isShared: !names.has('server_no_context_takeover') };
}

/** Inflates the messages of one connection, in their order. */
export class Inflater {
  readonly #isShared: boolean;
  #window: Buffer = Buffer.alloc(0);

  constructor({ isShared }: DeflateTerms) {
    this.#isShared = isShared;
  }

  /**
   * @param bytesMax of what comes out
   * @throws Error for what is not deflated; RangeError for what would be larger
   */
  inflate(deflated: Buffer, bytesMax: number): Buffer {
    const bytes = inflateRawSync(Buffer.concat([deflated, TAIL]), {
      finishFlush: zlib.Z_SYNC_FLUSH,
      maxOutputLength: bytesMax,
      ...(this.#window.length > 0 ? { dictionary: this.#window } : {}),
    });
    if (this.#isShared) this.#window = newest(this.#window, bytes);
    return bytes;
  }
}

/** As much of both as the next message may refer to. A copy: messages are not kept alive by it. */
function newest(window: Buffer, bytes: Buffer): Buffer {
  const kept = Math.min(window.length, Math.max(0, WINDOW_BYTES - bytes.length));
  return Buffer.concat([window.subarray(window.length - kept), bytes.subarray(-WINDOW_BYTES)]);
}
