/** What the client needs of the world. `connect` takes the runtime's own; tests give others. */
import type { FetchAnswer, FetchInit } from './api.ts';

export interface Clock {
  /** Milliseconds since 1970, never going back; ahead by as much as the device slept. */
  nowMs(): number;
  /** Calls back once after the delay, unless cancelled before. Cancelling twice is harmless. */
  after(delayMs: number, run: () => void): Cancel;
}

export type Cancel = () => void;

/** One socket, as a WebSocket is. No event of it may be relied on after `close`. */
export interface LineSocket {
  /** Only after `onopen` and before `onclose`. */
  send(text: string): void;
  close(): void;
}

/**
 * Named as the fields of a WebSocket are, and called as those. In order: at most one `onopen`, then
 * messages, then exactly one `onclose` (also if never open).
 */
export interface SocketEvents {
  onopen(event: unknown): void;
  /** `data`: a string for text, else something binary */
  onmessage(event: { readonly data: unknown }): void;
  onclose(event: { readonly code: number; readonly reason: string }): void;
}

/** Events come later, never from within the call. Throws for an address that is none. */
export type OpenSocket = (url: string, protocols: string[], events: SocketEvents) => LineSocket;

/** Whether there is a network, and whether somebody looks. */
export interface Surroundings {
  isOnline(): boolean;
  /**
   * @param roused the device's network came or went, or somebody looks at the page again
   * @returns stops listening
   */
  listen(roused: () => void): Cancel;
}

export interface Ports {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  readonly fetch: (url: string, init: FetchInit) => Promise<FetchAnswer>;
  readonly surroundings: Surroundings;
}
