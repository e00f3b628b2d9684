import type { LineSocket, OpenSocket, SocketEvents } from '../src/line/socket.ts';

export class FakeSocket implements LineSocket {
  readonly events: SocketEvents;
  readonly sent: string[] = [];
  closed = false;

  constructor(events: SocketEvents) {
    this.events = events;
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }
}

/** Hands out sockets that do nothing by themselves, and keeps them. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];

  readonly open: OpenSocket = (events) => {
    const socket = new FakeSocket(events);
    this.all.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  get openCount(): number {
    return this.all.filter(({ closed }) => !closed).length;
  }
}
