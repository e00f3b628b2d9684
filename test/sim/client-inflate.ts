import { crc32, inflateRawSync, constants as zlib } from 'node:zlib';

/** What RFC 7692, 7.2.2 has taken off the end of each message. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const KNOWN_MAX = 2_000;

/** What a client has of the messages that it inflated: their end. Equal ones are one object. */
interface Window {
  readonly id: number;
  readonly bytes: Buffer;
}

const EMPTY: Window = { id: 0, bytes: Buffer.alloc(0) };

interface Inflated {
  readonly payload: Buffer;
  readonly text: string;
  readonly window: Window;
}

/**
 * Inflates for many clients. The same bytes after the same window give the same text, so that is
 * worked out once: it is what lets a simulation have a hundred clients that compress.
 */
export class Inflations {
  readonly #known: Map<string, Inflated> = new Map();
  #lastWindow = 0;

  /** Throws when a client could not inflate it. */
  inflate(payload: Buffer, window: Window, windowBits: number, keeps: boolean): Inflated {
    const key = `${crc32(payload)} ${payload.length} ${window.id} ${windowBits} ${keeps}`;
    const known = this.#known.get(key);
    if (known?.payload.equals(payload) === true) return known;
    const bytes = inflateRawSync(Buffer.concat([payload, TAIL]), {
      windowBits,
      finishFlush: zlib.Z_SYNC_FLUSH,
      ...(window.bytes.length > 0 ? { dictionary: window.bytes } : {}),
    });
    const inflated = {
      payload: Buffer.from(payload),
      text: bytes.toString(),
      window: keeps ? this.#after(window, bytes, windowBits) : EMPTY,
    };
    if (this.#known.size === KNOWN_MAX) this.#known.clear();
    this.#known.set(key, inflated);
    return inflated;
  }

  #after(window: Window, bytes: Buffer, windowBits: number): Window {
    const all = Buffer.concat([window.bytes, bytes]);
    return { id: ++this.#lastWindow, bytes: Buffer.from(all.subarray(-(2 ** windowBits))) };
  }
}

/** The messages that one client inflates, by the terms that the answer to its handshake holds. */
export class ClientInflate {
  readonly #inflations: Inflations;
  readonly #windowBits: number;
  /** The server may refer to messages before. */
  readonly #keeps: boolean;
  #window: Window = EMPTY;

  constructor(inflations: Inflations, windowBits: number, keeps: boolean) {
    this.#inflations = inflations;
    this.#windowBits = windowBits;
    this.#keeps = keeps;
  }

  /** `window` where one message may refer to the last, else `alone`. */
  get form(): 'window' | 'alone' {
    return this.#keeps && this.#windowBits === 15 ? 'window' : 'alone';
  }

  text(payload: Buffer): string {
    const inflated = this.#inflations.inflate(payload, this.#window, this.#windowBits, this.#keeps);
    this.#window = inflated.window;
    return inflated.text;
  }
}

/** @param head the answer to the handshake; null when no compression was agreed on */
export function clientInflate(head: string, inflations: Inflations): ClientInflate | null {
  const extensions = /^sec-websocket-extensions: (.*)$/im.exec(head)?.[1];
  if (extensions?.startsWith('permessage-deflate') !== true) return null;
  const windowBits = Number(/server_max_window_bits=(\d+)/.exec(extensions)?.[1] ?? 15);
  return new ClientInflate(
    inflations,
    windowBits,
    !extensions.includes('server_no_context_takeover'),
  );
}
