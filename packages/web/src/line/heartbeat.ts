import type { Cancel, Clock } from '../clock.ts';

export interface HeartbeatPort {
  ping(): void;
  /** Nothing came for too long; called at most once. */
  dead(): void;
}

export interface HeartbeatTimes {
  readonly pingEachMs: number;
  readonly deadAfterMs: number;
  /** How long the answer to a probe may take. */
  readonly probeMs: number;
}

/** Tells a silent line from a dead one: pings, and gives up when no frame came for long enough. */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #port: HeartbeatPort;
  readonly #times: HeartbeatTimes;
  #lastFrameMs: number;
  #timers: Cancel[] = [];

  constructor(clock: Clock, port: HeartbeatPort, times: HeartbeatTimes) {
    this.#clock = clock;
    this.#port = port;
    this.#times = times;
    this.#lastFrameMs = clock.nowMs();
    this.#schedulePing();
    this.#watch(times.deadAfterMs);
  }

  frameCame(): void {
    this.#lastFrameMs = this.#clock.nowMs();
  }

  /**
   * Asks at once and expects an answer soon: after a sleep or a change of network, when the line
   * may be dead without anyone having said so.
   */
  probe(): void {
    const askedMs = this.#clock.nowMs();
    this.#port.ping();
    this.#later(this.#times.probeMs, () => {
      if (this.#lastFrameMs < askedMs) this.#giveUp();
    });
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers = [];
  }

  #schedulePing(): void {
    this.#later(this.#times.pingEachMs, () => {
      this.#port.ping();
      this.#schedulePing();
    });
  }

  #watch(delayMs: number): void {
    this.#later(delayMs, () => {
      const silentMs = this.#clock.nowMs() - this.#lastFrameMs;
      if (silentMs >= this.#times.deadAfterMs) this.#giveUp();
      else this.#watch(this.#times.deadAfterMs - silentMs);
    });
  }

  #giveUp(): void {
    this.stop();
    this.#port.dead();
  }

  #later(delayMs: number, run: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers = this.#timers.filter((timer) => timer !== cancel);
      run();
    });
    this.#timers.push(cancel);
  }
}
