import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

const OPEN = WebSocket.OPEN;
const NOTHING = Buffer.alloc(0);

/**
 * Writes ready-made frames to the stream under a WebSocket, beside `ws`. That is sound as long as
 * - only whole messages are given, each in frames of its own (RFC 6455, 5.4: nothing but control
 *   frames may come between the fragments of a message);
 * - `ws` sends control frames only, never a message. These it writes to the stream at once, so
 *   everything leaves in the order of the calls;
 * - nothing follows the close frame (5.5.1): from `ws`'s `close`, from the peer's close frame and
 *   from the end of the stream on, what is given is dropped without a word.
 *
 * Nothing here throws. Errors of the stream are `ws`'s to hear; it then closes the WebSocket.
 * As long as the kernel takes everything, a write makes no closure and no callback: it is made for
 * each client at each tick. For the same reason it is a base and no object of its own: what is
 * looked at for ten thousand clients in a row is not in the caches.
 */
export abstract class FrameWriter {
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;
  #watched = false;

  constructor(webSocket: WebSocket, stream: Duplex) {
    this.#webSocket = webSocket;
    this.#stream = stream;
  }

  /** Called once `unsentBytes` is 0 again, after it was above 0 after a call. */
  protected abstract drained(): void;

  /**
   * @param frames whole text frames, which are not changed any more
   * @returns whether all has left: false when bytes are unsent
   */
  write(frames: Buffer): boolean {
    if (this.#webSocket.readyState !== OPEN) return true;
    this.#stream.write(frames);
    if (this.#stream.writableLength === 0) return true;
    this.watch();
    return this.unsentBytes === 0;
  }

  /**
   * Bytes that the kernel has not taken yet, those of `ws` among them. What is still being put
   * together for one write (`cork`) does not count.
   */
  get unsentBytes(): number {
    return this.#stream.writableCorked > 0 ? 0 : this.#stream.writableLength;
  }

  /** To be called when `ws` has written: has `onDrained` told of that, too. */
  watch(): void {
    if (this.#watched || this.unsentBytes === 0 || !this.#stream.writable) return;
    this.#watched = true;
    // It leaves after everything that waits now.
    this.#stream.write(NOTHING, (error) => {
      this.#watched = false;
      // Unless the stream broke: then nobody waits any more.
      if (!error) this.#left();
    });
  }

  #left(): void {
    if (this.unsentBytes === 0) this.drained();
    else this.watch();
  }
}
