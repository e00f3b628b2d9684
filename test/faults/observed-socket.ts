import type { WebSocketConstructor, WebSocketLike } from '../../packages/client/src/api.ts';
import { NodeWebSocket } from '../../packages/client/src/node-socket.ts';

export interface SocketObserver {
  tried(): void;
  opened(): void;
  message(text: string): void;
  closed(reason: string): void;
}

/** The client's own WebSocket of Node, of which somebody else hears as well. */
export function observedSocket(observer: SocketObserver): WebSocketConstructor {
  return class implements WebSocketLike {
    onopen: NodeWebSocket['onopen'] = null;
    onerror: NodeWebSocket['onerror'] = null;
    onmessage: NodeWebSocket['onmessage'] = null;
    onclose: NodeWebSocket['onclose'] = null;
    readonly #socket: NodeWebSocket;

    constructor(url: string, protocols: readonly string[]) {
      observer.tried();
      this.#socket = new NodeWebSocket(url, protocols);
      this.#socket.onopen = (event) => {
        observer.opened();
        this.onopen?.(event);
      };
      this.#socket.onerror = (event) => this.onerror?.(event);
      this.#socket.onmessage = (event) => {
        if (typeof event.data === 'string') observer.message(event.data);
        this.onmessage?.(event);
      };
      this.#socket.onclose = (event) => {
        observer.closed(event.reason);
        this.onclose?.(event);
      };
    }

    send(text: string): void {
      this.#socket.send(text);
    }

    close(): void {
      this.#socket.close();
    }
  };
}
