import type { Clock } from '../clock.ts';
import type { SourceState, SourceStatus } from './source.ts';

/** What a source counts and says about itself. */
export class StatusRecord {
  frames = 0;
  missed = 0;
  malformed = 0;
  lastFrameSec: number | null = null;
  readonly #name: string;
  readonly #clock: Clock;
  #state: SourceState = 'connecting';
  #detail: string | null = null;
  #sinceSec: number;
  #listener: ((status: SourceStatus) => void) | null = null;

  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
    this.#sinceSec = clock.nowSec();
  }

  get state(): SourceState {
    return this.#state;
  }

  /** Null ends it: no call follows. */
  listen(listener: ((status: SourceStatus) => void) | null): void {
    this.#listener = listener;
  }

  /** Tells the listener when the state or its detail is another than before. */
  change(state: SourceState, detail: string | null): void {
    if (state === this.#state && detail === this.#detail) return;
    if (state !== this.#state) this.#sinceSec = this.#clock.nowSec();
    this.#state = state;
    this.#detail = detail;
    this.#listener?.(this.read());
  }

  read(): SourceStatus {
    return {
      name: this.#name,
      state: this.#state,
      sinceSec: this.#sinceSec,
      lastFrameSec: this.lastFrameSec,
      frames: this.frames,
      missed: this.missed,
      dropped: 0,
      malformed: this.malformed,
      detail: this.#detail,
    };
  }
}
