/** What the runtime offers, be it a browser, a worker or Node. */
import type { ConnectOptions } from './api.ts';
import { systemClock } from './clock.ts';
import type { Ports } from './ports.ts';

export function runtimePorts(httpBase: string, options: ConnectOptions): Ports {
  const { hostname } = new URL(httpBase);
  const { WebSocket = globalThis.WebSocket, fetch = globalThis.fetch } = options;
  return {
    clock: systemClock(),
    random: Math.random,
    fetch: (url, init) => fetch(url, init),
    openSocket: (url, protocols, events) =>
      // A close follows each error and is all that counts; unheard errors end some runtimes.
      Object.assign(new WebSocket(url, protocols), events, { onerror: () => {} }),
    surroundings: {
      // A server on this very machine answers without a network, which browsers call offline.
      isOnline: () => globalThis.navigator?.onLine !== false || isLoopback(hostname),
      listen: (roused) => {
        const shown = (): void => {
          if (document.visibilityState === 'visible') roused();
        };
        // Node and workers have not all of it.
        const each = (change: 'addEventListener' | 'removeEventListener'): void => {
          globalThis[change]?.('online', roused);
          globalThis[change]?.('offline', roused);
          globalThis.document?.[change]('visibilitychange', shown);
        };
        each('addEventListener');
        return () => each('removeEventListener');
      },
    },
  };
}

function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$|^127\.|^\[::1/.test(hostname);
}
