/** What the runtime offers, be it a browser, a worker or Node. */
import type { ConnectOptions, WebSocketConstructor } from './api.ts';
import { systemClock } from './clock.ts';
import type { OpenSocket, Ports, Surroundings } from './ports.ts';

/** @throws TypeError where there is no WebSocket or fetch and none was given */
export function runtimePorts(httpBase: string, options: ConnectOptions): Ports {
  const Socket = options.WebSocket ?? globalThis.WebSocket;
  const fetch = options.fetch ?? globalThis.fetch?.bind(globalThis);
  if (!Socket) throw new TypeError('this runtime has no WebSocket; give one as option WebSocket');
  if (!fetch) throw new TypeError('this runtime has no fetch; give one as option fetch');
  return {
    clock: systemClock(),
    random: () => Math.random(),
    openSocket: opener(Socket),
    fetch,
    surroundings: surroundings(new URL(httpBase).hostname),
  };
}

function opener(Socket: WebSocketConstructor): OpenSocket {
  return (url, protocols, events) => {
    const socket = new Socket(url, protocols);
    socket.addEventListener('open', () => events.onOpen(socket.protocol));
    socket.addEventListener('message', ({ data }) => events.onMessage(data));
    socket.addEventListener('close', ({ code, reason }) => events.onClose(code, reason));
    // A close follows each error and is all that counts; unheard errors end some runtimes.
    socket.addEventListener('error', () => {});
    return { send: (text) => socket.send(text), close: () => socket.close(1000) };
  };
}

/** Node and workers know less of their surroundings than a page does. */
function surroundings(hostname: string): Surroundings {
  return {
    // A server on this very machine answers without a network, which browsers call offline.
    isOnline: () => globalThis.navigator?.onLine !== false || isLoopback(hostname),
    listen: (networkChanged, shown) => {
      const visible = (): void => {
        if (document.visibilityState === 'visible') shown();
      };
      const target = typeof addEventListener === 'function' ? globalThis : undefined;
      const page = typeof document === 'undefined' ? undefined : document;
      target?.addEventListener('online', networkChanged);
      target?.addEventListener('offline', networkChanged);
      page?.addEventListener('visibilitychange', visible);
      return () => {
        target?.removeEventListener('online', networkChanged);
        target?.removeEventListener('offline', networkChanged);
        page?.removeEventListener('visibilitychange', visible);
      };
    },
  };
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
}
