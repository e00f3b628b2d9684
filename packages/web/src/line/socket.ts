/** A text line to the server: the little of WebSocket that the connection needs. */
export interface LineSocket {
  /** Only after `onOpen` and before `onClose`. */
  send(text: string): void;
  /** Ends it. No event of this socket may be relied on afterwards. */
  close(): void;
}

/** In order: at most one `onOpen`, then texts, then exactly one `onClose` (also if never open). */
export interface SocketEvents {
  onOpen(): void;
  onText(text: string): void;
  onClose(code: number, reason: string): void;
}

/** Events come later, never from within the call. */
export type OpenSocket = (events: SocketEvents) => LineSocket;
