/** What went wrong, as a name that programs can act on. */
export type TidegaugeErrorCode =
  /** The server asks for a key or token, and took none of those it was given. */
  | 'UNAUTHORIZED'
  /** The function that supplies tokens threw, or what there is can be no token. */
  | 'TOKEN_FAILED'
  /** The server does not speak this client's version of the protocol. */
  | 'PROTOCOL_UNSUPPORTED'
  /** The server, or the runtime, refused the line in a way that will not change; `serverCode`. */
  | 'REFUSED'
  /** For now the server lets nobody in, or not this address: it is tried again when it said. */
  | 'UNAVAILABLE'
  /** A symbol that the server does not carry; `symbol` has it. */
  | 'INVALID_SYMBOL'
  /** What came is not what the protocol promises; it was left out. */
  | 'MALFORMED'
  /** The server did not take a message of this client; `message` has its words. */
  | 'SERVER'
  /** A handler or listener threw; `cause` has what. */
  | 'HANDLER_FAILED';

export interface TidegaugeErrorDetails {
  /** True: the feed has stopped, and only `retry()` starts it again. */
  readonly fatal?: boolean;
  readonly symbol?: string | null;
  /** HTTP status of a refusal. */
  readonly status?: number | undefined;
  /** Of the WebSocket. */
  readonly closeCode?: number | undefined;
  /** The code in the server's own words, such as `RATE_LIMITED`. */
  readonly serverCode?: string | undefined;
  readonly cause?: unknown;
}

export class TidegaugeError extends Error implements TidegaugeErrorDetails {
  readonly code: TidegaugeErrorCode;
  /** True: the feed has stopped, and only `retry()` starts it again. */
  readonly fatal: boolean = false;
  declare readonly symbol?: string | null;
  /** HTTP status of a refusal. */
  declare readonly status?: number | undefined;
  /** Of the WebSocket. */
  declare readonly closeCode?: number | undefined;
  /** The code in the server's own words, such as `RATE_LIMITED`. */
  declare readonly serverCode?: string | undefined;

  constructor(
    code: TidegaugeErrorCode,
    message: string,
    { cause, ...details }: TidegaugeErrorDetails = {},
  ) {
    super(message, { cause });
    this.name = 'TidegaugeError';
    this.code = code;
    Object.assign(this, details);
  }
}
