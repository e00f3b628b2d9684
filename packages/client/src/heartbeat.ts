import type { Cancel, Clock } from './ports.ts';

export interface HeartbeatPort {
  ping(): void;
  /** Nothing came for too long; called at most once. */
  dead(): void;
}

const TICK_MS = 2_000;
/** A tick that comes so late means that the device slept, or that this program was busy. */
const LATE_MS = 10_000;
const PING_EACH_MS = 30_000;
const DEAD_AFTER_MS = 60_000;
/** How long the answer to a question may take. */
const ANSWER_MAX_MS = 5_000;

/** Tells a silent line from a dead one: pings, and gives up when no frame came for long enough. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #port: HeartbeatPort;
  /** A silence of this length is asked about. */
  readonly #quietMs: number;
  #lastFrameMs: number;
  #lastTickMs: number;
  #lastPingMs: number;
  /** When a question was asked that is not answered. */
  #askedMs: number | null = null;
  #cancel: Cancel = () => {};

  constructor(clock: Clock, port: HeartbeatPort, quietMs: number) {
    this.#clock = clock;
    this.#port = port;
    this.#quietMs = quietMs;
    this.#lastFrameMs = this.#lastTickMs = this.#lastPingMs = clock.nowMs();
    this.#schedule();
  }

  /** ms since the last frame. */
  get silentMs(): number {
    return this.#clock.nowMs() - this.#lastFrameMs;
  }

  /** Longer than this a line that is well is never silent. */
  get silentMaxMs(): number {
    return Math.min(this.#quietMs, PING_EACH_MS) + TICK_MS + ANSWER_MAX_MS;
  }

  frameCame(): void {
    this.#lastFrameMs = this.#clock.nowMs();
    this.#askedMs = null;
  }

  /**
   * Asks at once and expects an answer soon: after a sleep or a change of network, when the line
   * may be dead without anyone having said so.
   */
  ask(): void {
    this.#askedMs ??= this.#clock.nowMs();
    this.#ping();
  }

  stop(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(TICK_MS, () => {
      this.#schedule();
      this.#tick();
    });
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const isLate = nowMs - this.#lastTickMs > LATE_MS;
    this.#lastTickMs = nowMs;
    // What came meanwhile may still have to be read: a late tick condemns nobody.
    if (isLate) this.ask();
    else if (this.#isDead(nowMs)) {
      this.stop();
      this.#port.dead();
    } else if (this.#askedMs === null && this.silentMs >= this.#quietMs) this.ask();
    else if (nowMs - this.#lastPingMs >= PING_EACH_MS) this.#ping();
  }

  #isDead(nowMs: number): boolean {
    const unansweredMs = this.#askedMs === null ? 0 : nowMs - this.#askedMs;
    return unansweredMs >= ANSWER_MAX_MS || this.silentMs >= DEAD_AFTER_MS;
  }

  #ping(): void {
    this.#lastPingMs = this.#clock.nowMs();
    this.#port.ping();
  }
}
