/** For Node: what `index.ts` has, on a WebSocket of our own. */
import type { ConnectOptions, Tidegauge } from './api.ts';
import { connect as connectAnywhere } from './connect.ts';
import { NodeWebSocket } from './node-socket.ts';

export type * from './api.ts';
export type { TidegaugeErrorCode, TidegaugeErrorDetails } from './errors.ts';
export { TidegaugeError } from './errors.ts';

/**
 * Makes a client of one server. Nothing is opened before the first subscription.
 *
 * Node 20 has no WebSocket. That of later ones does not let go of a line that went dead: when the
 * server does not answer its close frame it waits for good (Node 24.21), and keeps the process.
 *
 * @param url of the server: `ws://`, `wss://`, `http://` or `https://`, with the path that it is
 *   served below, if any
 * @throws TypeError for what is no such address
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Tidegauge {
  return connectAnywhere(url, { WebSocket: NodeWebSocket, ...options });
}
