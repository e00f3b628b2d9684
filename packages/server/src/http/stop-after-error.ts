import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

type Write = Writable['_write'];

/**
 * Makes a WebSocket of `ws` read nothing more once a frame was wrong. By itself (8.23) it reads on
 * when further bytes came while it was inflating: node's streams hand them over before they tell of
 * the error, and it goes on in the middle of a frame. That ends in an uncaught TypeError, with
 * which any client could end this process; without compression nothing waits, and it cannot happen.
 */
export function stopAfterError(webSocket: WebSocket): void {
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver: Writable };
  receiver._write = writeUnlessWrong;
}

/** In place of the method of the prototype, which stays what does the work. */
function writeUnlessWrong(this: Writable, ...[chunk, encoding, done]: Parameters<Write>): void {
  if (this.errored !== null) done();
  else (Object.getPrototypeOf(this) as Writable)._write.call(this, chunk, encoding, done);
}
