/** What the client needs of the world. `connect` takes the runtime's own; tests give others. */
import type { FetchAnswer, FetchInit } from './api.ts';

export interface Clock {
  /** Milliseconds since 1970, never going back; ahead by as much as the device slept. */
  nowMs(): number;
  /** Calls back once after the delay, unless cancelled before. Cancelling twice is harmless. */
  after(delayMs: number, run: () => void): Cancel;
}

export type Cancel = () => void;

/** One socket. No event of it may be relied on after `close`. */
export interface LineSocket {
  /** Only after `onOpen` and before `onClose`. */
  send(text: string): void;
  close(): void;
}

/** In order: at most one `onOpen`, then messages, then exactly one `onClose` (also if never open). */
export interface SocketEvents {
  /** @param protocol the subprotocol that the server chose; empty for none */
  onOpen(protocol: string): void;
  /** @param data a string for text, else something binary */
  onMessage(data: unknown): void;
  onClose(code: number, reason: string): void;
}

/** Events come later, never from within the call. Throws for an address that is none. */
export type OpenSocket = (url: string, protocols: string[], events: SocketEvents) => LineSocket;

/** Whether there is a network, and whether somebody looks. */
export interface Surroundings {
  isOnline(): boolean;
  /**
   * @param networkChanged the device's network came or went
   * @param shown somebody looks at the page again
   * @returns stops listening
   */
  listen(networkChanged: () => void, shown: () => void): Cancel;
}

export interface Ports {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  readonly fetch: (url: string, init: FetchInit) => Promise<FetchAnswer>;
  readonly surroundings: Surroundings;
}
