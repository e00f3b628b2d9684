/** Writes messages to another process, and calls back once they have left this one, or cannot. */
export type WriteMessages<Message> = (
  messages: readonly Message[],
  written: (error: Error | null) => void,
) => void;

/**
 * One direction of the line between two processes. One write is on its way at a time; meanwhile
 * at most one message of each kind waits, and is made up when its turn has come. So the line of a
 * process that has stalled takes no more memory than what is new since then.
 */
export class OutLine<Message> {
  readonly #write: WriteMessages<Message>;
  readonly #waiting: Map<string, () => Message | null> = new Map();
  #writing = false;
  #ended = false;

  constructor(write: WriteMessages<Message>) {
    this.#write = write;
  }

  /**
   * Sends a message, now or when the line is free. One of the same kind that still waits is
   * replaced, in its place.
   * @param make the message as it is then; null: there is nothing to say any more
   */
  offer(kind: string, make: () => Message | null): void {
    if (this.#ended) return;
    this.#waiting.set(kind, make);
    this.#flush();
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#ended = true;
    this.#waiting.clear();
  }

  #flush(): void {
    while (!this.#writing && this.#waiting.size > 0) {
      const makers = [...this.#waiting.values()];
      this.#waiting.clear();
      const messages = makers.map((make) => make()).filter((message) => message !== null);
      if (messages.length === 0) continue;
      this.#writing = true;
      this.#write(messages, (error) => this.#written(error));
    }
  }

  #written(error: Error | null): void {
    this.#writing = false;
    if (error === null) this.#flush();
    else this.end();
  }
}
