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

  block(bytes: Uint8Array): void {
    this.uint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
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

/** Thrown inside the reading of a state; turned into a refusal where bytes come from outside. */
export class TruncatedBytes extends Error {
  override readonly name = 'TruncatedBytes';
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  float(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  block(): Uint8Array {
    const length = this.uint();
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  #advance(length: number): number {
    if (length > this.left) throw new TruncatedBytes(`${length} bytes wanted, ${this.left} left`);
    this.#at += length;
    return this.#at - length;
  }
}
