import type { Cancel, Clock } from '../clock.ts';
import type { Health } from '../wire/health.ts';
import { readHealth } from '../wire/read-health.ts';

export interface HealthPollPorts {
  readonly clock: Clock;
  /** Resolves to the parsed body; rejects when there is none. */
  readonly fetchHealth: () => Promise<unknown>;
  /** @param askedMs when it was asked for, by the clock */
  onHealth(health: Health, askedMs: number): void;
}

const EACH_MS = 5_000;

/** Asks for /health at once and then every 5 s while it is wanted; one question at a time. */
export class HealthPoll {
  readonly #ports: HealthPollPorts;
  #timer: Cancel | null = null;
  #wanted = false;
  #asking = false;
  /** Questions that brought no answer of use; the stats keep what they had. */
  failures = 0;

  constructor(ports: HealthPollPorts) {
    this.#ports = ports;
  }

  setWanted(wanted: boolean): void {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#timer?.();
    this.#timer = null;
    if (wanted && !this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const askedMs = this.#ports.clock.nowMs();
    const health = await this.#ports.fetchHealth().then(readHealth, () => null);
    this.#asking = false;
    if (!this.#wanted) return;
    if (health) this.#ports.onHealth(health, askedMs);
    else this.failures += 1;
    this.#timer = this.#ports.clock.after(EACH_MS, () => void this.#ask());
  }
}
