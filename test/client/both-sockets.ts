import { NodeWebSocket } from '../../packages/client/src/node-socket.ts';

/** For `describe.each`: a name and a constructor of each WebSocket the SDK runs on in Node. */
export const BOTH_SOCKETS = [
  ['the WebSocket of this Node', globalThis.WebSocket],
  ['the WebSocket for Node 20', NodeWebSocket],
] as const;
