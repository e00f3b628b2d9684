import { FramePump, type FramePumpOptions } from './frame-pump.ts';
import type { Source, SourceEvents, SourceStatus } from './source.ts';

/**
 * A source behind a bounded queue: its frames wait there while the consumer is busy, and are
 * handed on in slices. What the bounds pushed out shows in `dropped`. A buffered source starts
 * once.
 */
export class BufferedSource implements Source {
  readonly #inner: Source;
  readonly #options: FramePumpOptions;
  #pump: FramePump | null = null;

  constructor(inner: Source, options: FramePumpOptions = {}) {
    this.#inner = inner;
    this.#options = options;
  }

  get name(): string {
    return this.#inner.name;
  }

  get demo(): boolean {
    return this.#inner.demo;
  }

  async start(events: SourceEvents): Promise<void> {
    if (this.#pump !== null) throw new Error(`source ${this.name} was started twice`);
    const pump = new FramePump((frame) => events.onFrame(frame), this.#options);
    this.#pump = pump;
    await this.#inner.start({
      onFrame: (frame) => pump.push(frame),
      onStatus: (status) => events.onStatus(this.#withDropped(status)),
      whenRoom: () => pump.whenRoom(),
    });
  }

  async stop(): Promise<void> {
    this.#pump?.stop();
    await this.#inner.stop();
  }

  status(): SourceStatus {
    return this.#withDropped(this.#inner.status());
  }

  /** Resolves once every frame that came so far was handed on. */
  whenIdle(): Promise<void> {
    return this.#pump?.whenIdle() ?? Promise.resolve();
  }

  #withDropped(status: SourceStatus): SourceStatus {
    return { ...status, dropped: status.dropped + (this.#pump?.queue.dropped ?? 0) };
  }
}
