/** log2 of the largest window, in bytes: 32 KiB (RFC 7692, 7.1.2.1). */
export const WINDOW_BITS_MAX = 15;

/** What a client and the server agreed on for the messages to the client (RFC 7692, 7.1). */
export interface DeflateTerms {
  /** The client keeps a window of full size, from one message to the next. */
  readonly keepsWindow: boolean;
  /** log2 of the client's window, in bytes: 9 to 15. */
  readonly windowBits: number;
}

/** All terms there are, so that connections share them. */
const TERMS: ReadonlyMap<number, DeflateTerms> = new Map(
  [9, 10, 11, 12, 13, 14, WINDOW_BITS_MAX].map((windowBits) => {
    return [windowBits, { keepsWindow: false, windowBits }];
  }),
);
const KEEPS_WINDOW: DeflateTerms = { keepsWindow: true, windowBits: WINDOW_BITS_MAX };

/**
 * A window that is smaller than full size is not shared: nobody asks for one, and each size would
 * be a cohort of its own.
 * @param noContextTakeover `server_no_context_takeover` was agreed on
 * @param windowBits the agreed `server_max_window_bits`, 8 to 15
 * @returns null when messages are to go uncompressed, which is always allowed: zlib cannot compress
 * for a window of 8 bits
 */
export function deflateTerms(noContextTakeover: boolean, windowBits: number): DeflateTerms | null {
  if (windowBits === WINDOW_BITS_MAX && !noContextTakeover) return KEEPS_WINDOW;
  return TERMS.get(windowBits) ?? null;
}
