import type { OpenSocket } from './socket.ts';

/** Opens real WebSockets to one address, offering what is to be offered at the time. */
export function browserSocket(url: string, subprotocols: () => string[]): OpenSocket {
  return (events) => {
    const socket = new WebSocket(url, subprotocols());
    socket.addEventListener('open', () => events.onOpen());
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data === 'string') events.onText(data);
    });
    socket.addEventListener('close', ({ code, reason }) => events.onClose(code, reason));
    return {
      send: (text) => socket.send(text),
      close: () => socket.close(1000),
    };
  };
}
