import { Writable } from 'node:stream';

export interface SinkOptions {
  /** Whether it says that it is a terminal. */
  readonly isTTY?: boolean;
  /** After so many writes it fails as a pipe does whose reader has gone. */
  readonly writesMax?: number;
}

/** Stands for stdout or stderr and keeps what is written. */
export class Sink extends Writable {
  text = '';
  writes = 0;
  /** Told after each write, with all the text so far. */
  onText: (text: string) => void = () => {};
  readonly isTTY: boolean;
  readonly #writesMax: number;

  constructor({ isTTY = false, writesMax = Number.POSITIVE_INFINITY }: SinkOptions = {}) {
    super();
    this.isTTY = isTTY;
    this.#writesMax = writesMax;
  }

  override _write(chunk: Buffer, _: string, done: (error?: Error) => void): void {
    this.writes += 1;
    if (this.writes > this.#writesMax) {
      setImmediate(done, Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      return;
    }
    this.text += chunk.toString();
    this.onText(this.text);
    done();
  }
}
