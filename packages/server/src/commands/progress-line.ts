/** One line at a terminal, overwritten in place; nothing where stderr is a file. */
export class ProgressLine {
  readonly #stderr: NodeJS.WritableStream;
  readonly #visible: boolean;

  constructor(stderr: NodeJS.WritableStream) {
    this.#stderr = stderr;
    this.#visible = 'isTTY' in stderr && stderr.isTTY === true;
  }

  draw(text: string): void {
    if (this.#visible) this.#stderr.write(`\r\x1b[K${text}`);
  }

  /** Before anything else is written to the terminal. */
  clear(): void {
    if (this.#visible) this.#stderr.write('\r\x1b[K');
  }
}
