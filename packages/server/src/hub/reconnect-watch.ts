import { RECONNECT_SESSIONS_MAX, RECONNECTS_MAX, RECONNECTS_WINDOW_MS } from './limits.ts';

/** Tells which SDK sessions connect again and again. Times are monotonic ms. */
export class ReconnectWatch {
  /** The last connections of each session, oldest first; the session heard of last stands last. */
  readonly #connections: Map<string, number[]> = new Map();

  /**
   * Counts a connection of a session.
   * @returns true when it is one reconnect too many within the window
   */
  isUnstable(sessionId: string, nowMs: number): boolean {
    const known = this.#connections.get(sessionId) ?? [];
    const recent = known.filter((atMs) => nowMs - atMs < RECONNECTS_WINDOW_MS);
    recent.push(nowMs);
    // The first connection is none of the reconnects.
    const unstable = recent.length > RECONNECTS_MAX + 1;
    if (unstable) recent.shift();
    this.#connections.delete(sessionId);
    this.#connections.set(sessionId, recent);
    if (this.#connections.size > RECONNECT_SESSIONS_MAX) {
      this.#connections.delete(this.#connections.keys().next().value!);
    }
    return unstable;
  }
}
