/** Numbers to bytes and back, little-endian: the form in which state is kept. */

const BYTES_MIN = 4_096;

export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(BYTES_MIN);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A whole number from 0 to 2^32 - 1. */
  uint(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  float(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** What was written so far. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    let size = this.#bytes.length;
    if (this.#length + more <= size) return;
    while (size < this.#length + more) size *= 2;
    const grown = new Uint8Array(size);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reading past the end is a fault of the caller: bytes from outside are checked before. */
export class ByteReader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  float(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  #advance(length: number): number {
    this.#at += length;
    return this.#at - length;
  }
}
