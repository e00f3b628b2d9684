/**
 * One client's connection, as the hub sees it. Contract:
 * - messages arrive in the order of `send`, each whole, or the connection ends;
 * - the bytes given are shared with other clients and never changed;
 * - `send`, `ping`, `pong` and `close` never throw and are ignored after the connection ended;
 * - events come after the call that caused them has returned, `closed` last and exactly once.
 */
export interface ClientSocket {
  /** Sends text messages in one write. */
  send(messages: readonly Buffer[]): void;
  ping(): void;
  pong(data: Buffer): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Cuts the connection without more ado. */
  terminate(): void;
  /** Bytes given to `send` that the kernel has not taken yet. */
  readonly unsentBytes: number;
  listen(events: SocketEvents): void;
}

export interface SocketEvents {
  /** @param text null for a binary message */
  message(text: string | null): void;
  ping(data: Buffer): void;
  pong(): void;
  /** `unsentBytes` was above 0 after a call and now is 0. */
  drained(): void;
  /** @param code what the peer sent, 1006 when it sent none */
  closed(code: number): void;
}
