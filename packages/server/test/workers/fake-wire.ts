import { deserialize, serialize } from 'node:v8';
import { OutLine } from '../../src/workers/out-line.ts';

/** A line to another process, whose messages arrive when the test says so. */
export class FakeWire<Message> {
  readonly line: OutLine<Message>;
  readonly #takenAhead: number;
  readonly #onWire: { readonly bytes: Buffer; written: (() => void) | null }[] = [];
  /** The most writes that were ever under way. */
  deepest = 0;

  /** @param takenAhead writes that the system takes before the other process reads any */
  constructor(takenAhead: number) {
    this.#takenAhead = takenAhead;
    this.line = new OutLine((messages, written) => {
      this.#onWire.push({ bytes: serialize(messages), written: () => written(null) });
      this.deepest = Math.max(this.deepest, this.#onWire.length);
      this.#takeAhead();
    });
  }

  /** The messages of the oldest write, as the other process reads them; null: there is none. */
  read(): readonly Message[] | null {
    const oldest = this.#onWire.shift();
    if (oldest === undefined) return null;
    oldest.written?.();
    oldest.written = null;
    this.#takeAhead();
    return deserialize(oldest.bytes) as Message[];
  }

  #takeAhead(): void {
    for (const write of this.#onWire.slice(0, this.#takenAhead)) {
      const { written } = write;
      write.written = null;
      written?.();
    }
  }
}
