/** The fixed numbers of access, with units and reasons. What operators set is config. */

/** A key shorter than this can be found by trying; 16 characters of these 66 are 96 bits. */
export const KEY_CHARS_MIN: number = 16;
/** Longer ones say nothing more, and would not fit beside other headers. */
export const KEY_CHARS_MAX: number = 256;
/** What a key is called in the file. */
export const KEY_NAME_CHARS_MAX: number = 64;

/** Each request is compared with all of them, which for so many takes some 0.1 ms. */
export const KEYS_MAX: number = 1_000;

/** Of the secret of HS256: as long as its hash (RFC 7518, 3.2). */
export const SECRET_BYTES_MIN: number = 32;

/** Of a public RSA key (RFC 7518, 3.3). */
export const RSA_BITS_MIN: number = 2_048;

/** Larger files are no keys and no secret, but a mistake in a path. */
export const ACCESS_FILE_BYTES_MAX: number = 1_048_576;

/** Longer credentials are not looked at. Tokens with many claims have 2,000 characters. */
export const CREDENTIAL_CHARS_MAX: number = 8_192;

/** Failures of one address within the window before it has to wait for the window's end. */
export const FAILURES_MAX: number = 10;
export const FAILURES_WINDOW_MS: number = 60_000;

/** Addresses whose failures are counted at once: about 1 MB. Beyond it the oldest are forgotten. */
export const FAILING_ADDRESSES_MAX: number = 10_000;

/** Of whom a token is for, in the log. */
export const SUBJECT_CHARS_MAX: number = 64;

/** How far the clock of whoever makes the tokens may be off. */
export const TOKEN_TOLERANCE_SEC: number = 5;

/** Tokens that are checked at the same time. Only a slow JWKS makes them wait for each other. */
export const TOKENS_AT_WORK_MAX: number = 1_000;

/** How long a JWKS may take to come. Whoever asks with a token waits for it. */
export const JWKS_TIMEOUT_MS: number = 5_000;
/** After one that did not come, it is not asked for again for this long. */
export const JWKS_RETRY_MS: number = 10_000;
/** A token with an unknown key makes it be fetched anew, but not more often than this. */
export const JWKS_COOLDOWN_MS: number = 30_000;
/** Fetched anew after this long, so that a key taken from it is not taken here any more. */
export const JWKS_FRESH_MS: number = 600_000;
