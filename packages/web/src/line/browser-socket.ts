import type { OpenSocket } from './socket.ts';

/** Opens real WebSockets to one address, offering one subprotocol. */
export function browserSocket(url: string, subprotocol: string): OpenSocket {
  return (events) => {
    const socket = new WebSocket(url, subprotocol);
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
