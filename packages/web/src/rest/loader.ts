/** Loads something once, and tries again where that may help; never two questions at once. */
import type { Cancel, Clock } from '../clock.ts';
import type { RestProblem } from './ask-rest.ts';
import { retryDelayMs } from './backoff.ts';

export type LoadState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'loaded' }
  /** `retryAtMs` null: only a person starts the next try. */
  | { readonly kind: 'failed'; readonly message: string; readonly retryAtMs: number | null };

export type LoadOutcome<Value> = { readonly kind: 'ok'; readonly value: Value } | RestProblem;

/** Rejects only when it is called off. */
export type Load<Value> = (signal: AbortSignal) => Promise<LoadOutcome<Value>>;

export interface LoaderPorts {
  readonly clock: Clock;
  /** A draw from [0, 1). */
  readonly random: () => number;
}

export interface LoaderEvents<Value> {
  onState(state: LoadState): void;
  onValue(value: Value): void;
}

export class Loader<Value> {
  readonly #ports: LoaderPorts;
  readonly #events: LoaderEvents<Value>;
  #load: Load<Value> | null = null;
  #running: AbortController | null = null;
  #timer: Cancel | null = null;
  #failures = 0;

  constructor(ports: LoaderPorts, events: LoaderEvents<Value>) {
    this.#ports = ports;
    this.#events = events;
  }

  /** Loads this from now on; what is under way is called off. */
  start(load: Load<Value>): void {
    this.#failures = 0;
    this.#load = load;
    this.retry();
  }

  /** Tries at once, whatever was to be waited for. */
  retry(): void {
    this.#callOff();
    if (this.#load) void this.#run(this.#load);
  }

  stop(): void {
    this.#callOff();
    this.#load = null;
    this.#events.onState({ kind: 'idle' });
  }

  async #run(load: Load<Value>): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    this.#events.onState({ kind: 'loading' });
    const outcome = await load(running.signal).catch((error: unknown) => {
      if (running.signal.aborted) return null;
      throw error;
    });
    if (running.signal.aborted || !outcome) return;
    this.#running = null;
    if (outcome.kind === 'ok') this.#loaded(outcome.value);
    else this.#failed(outcome);
  }

  #loaded(value: Value): void {
    this.#failures = 0;
    this.#events.onValue(value);
    this.#events.onState({ kind: 'loaded' });
  }

  #failed({ message, passing, retryAfterMs }: RestProblem): void {
    this.#failures += 1;
    if (!passing) {
      this.#events.onState({ kind: 'failed', message, retryAtMs: null });
      return;
    }
    const { clock, random } = this.#ports;
    const delayMs = retryAfterMs ?? retryDelayMs(this.#failures, random());
    this.#timer = clock.after(delayMs, () => this.retry());
    const retryAtMs = clock.nowMs() + delayMs;
    this.#events.onState({ kind: 'failed', message, retryAtMs });
  }

  #callOff(): void {
    this.#running?.abort();
    this.#running = null;
    this.#timer?.();
    this.#timer = null;
  }
}
