import { Duplex } from 'node:stream';
import { crc32 } from 'node:zlib';

type Done = (error?: Error | null) => void;

/** How a stream stood when the server wrote to it. */
export interface StreamWrite {
  /** Bytes that waited before. */
  readonly unsentBefore: number;
  /** An earlier write had left bytes waiting, and they still were. */
  readonly wasBehind: boolean;
  /** For how long, or for how long they had until they left just now. */
  readonly behindMs: number;
  /** When the last bytes left that had waited, ms of the clock. */
  readonly drainedMs: number;
  /** All that was ever written to it, with this. */
  readonly endByte: number;
}

/** Is told of a stream within the call that caused it. */
export interface StreamWatcher {
  /** The server writes. */
  written(chunk: Buffer, write: StreamWrite): void;
  /** The stream broke one of its own rules. */
  broken(words: string): void;
}

/**
 * One connection as the server has it: a real stream of Node over a stand-in for the kernel, whose
 * buffer the client empties at once, by and by, or never. Only the numbers of bytes are kept; what
 * they are the watcher has seen.
 */
export class SimStream extends Duplex {
  readonly #watcher: StreamWatcher;
  readonly #kernelBytesMax: number;
  readonly #clockMs: () => number;
  #flows = true;
  /** What the server writes now, as far as the kernel has no room for it. */
  #waiting: { leftBytes: number; readonly done: Done } | null = null;
  #handedBytes = 0;
  #takenBytes = 0;
  #readBytes = 0;
  #writtenBytes = 0;
  #unsentAtCork = 0;
  #writtenSum = 0;
  #handedSum = 0;
  /** Since when bytes wait that the server can know of; null: none do. */
  #behindSinceMs: number | null = null;
  #lastBehindMs = 0;
  #drainedMs = 0;
  #ended = false;
  #hasLeft = false;

  /** @param kernelBytesMax what the kernel takes while the client reads nothing */
  constructor(watcher: StreamWatcher, kernelBytesMax: number, clockMs: () => number) {
    super();
    this.#watcher = watcher;
    this.#kernelBytesMax = kernelBytesMax;
    this.#clockMs = clockMs;
  }

  // The server's side.

  override write(chunk: Buffer | string, ...rest: readonly unknown[]): boolean {
    if (this.writableEnded) this.#watcher.broken('a write after the end of the stream');
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (!this.destroyed && bytes.length > 0) this.#note(bytes);
    const hasRoom = super.write(bytes, ...(rest as []));
    const waits = this.writableLength > 0 && this.writableCorked === 0;
    if (waits) this.#behindSinceMs ??= this.#clockMs();
    return hasRoom;
  }

  /** What is put together for one write counts as one. */
  override cork(): void {
    if (this.writableCorked === 0) this.#unsentAtCork = this.writableLength;
    super.cork();
  }

  #note(bytes: Buffer): void {
    this.#writtenBytes += bytes.length;
    this.#writtenSum = crc32(bytes, this.#writtenSum);
    this.#watcher.written(bytes, {
      unsentBefore: this.writableCorked > 0 ? this.#unsentAtCork : this.writableLength,
      wasBehind: this.#behindSinceMs !== null,
      behindMs: this.#behindMs,
      drainedMs: this.#drainedMs,
      endByte: this.#writtenBytes,
    });
  }

  override _write(chunk: Buffer, _encoding: string, done: Done): void {
    this.#handedBytes += chunk.length;
    this.#handedSum = crc32(chunk, this.#handedSum);
    if (this.#handedBytes === this.#writtenBytes && this.#handedSum !== this.#writtenSum) {
      this.#watcher.broken('what left is not what was written: a shared buffer was changed');
    }
    this.#waiting = { leftBytes: chunk.length, done };
    this.#pump();
  }

  override _final(done: Done): void {
    this.#ended = true;
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#waiting = null;
    done(error);
  }

  override _read(): void {}

  get #behindMs(): number {
    return this.#behindSinceMs === null
      ? this.#lastBehindMs
      : this.#clockMs() - this.#behindSinceMs;
  }

  /** Since when bytes have been waiting, ms of the clock; infinite: none are. */
  get behindSinceMs(): number {
    return this.#behindSinceMs ?? Number.POSITIVE_INFINITY;
  }

  /** A write has left bytes waiting, and they still are. */
  get isBehind(): boolean {
    return this.#behindSinceMs !== null;
  }

  /** All that the server ever wrote. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  // The client's side.

  get readBytes(): number {
    return this.#readBytes;
  }

  /** The server ended its side, and the client has read all of it. */
  get isReadToEnd(): boolean {
    return this.#ended && this.#readBytes === this.#writtenBytes;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Ends the client's side. */
  leave(): void {
    if (this.#hasLeft || this.destroyed) return;
    this.#hasLeft = true;
    this.push(null);
  }

  stall(): void {
    this.#flows = false;
  }

  flow(): void {
    this.#flows = true;
    this.#pump();
  }

  /** Reads some bytes of a stream that stands still. */
  trickle(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const read = Math.min(left, this.#takenBytes - this.#readBytes);
      if (read === 0) return;
      this.#readBytes += read;
      left -= read;
      this.#pump();
    }
  }

  #pump(): void {
    if (this.#flows) this.#readBytes = this.#takenBytes;
    const waiting = this.#waiting;
    if (waiting === null) return;
    const inKernelBytes = this.#takenBytes - this.#readBytes;
    const room = this.#flows ? waiting.leftBytes : this.#kernelBytesMax - inKernelBytes;
    const taken = Math.min(waiting.leftBytes, Math.max(0, room));
    waiting.leftBytes -= taken;
    this.#takenBytes += taken;
    if (this.#flows) this.#readBytes = this.#takenBytes;
    if (waiting.leftBytes > 0) return;
    this.#waiting = null;
    waiting.done();
    if (this.writableLength > 0) return;
    this.#lastBehindMs = this.#behindMs;
    this.#behindSinceMs = null;
    this.#drainedMs = this.#clockMs();
  }
}
