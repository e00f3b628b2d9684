import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between programs and a server, and lets nothing through while it is shut. */
export class Gate {
  /** Of the server to which it leads. */
  port: number;
  readonly #server: Server = createServer();
  readonly #sockets = new Set<Socket>();
  #isShut = false;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(port: number): Promise<Gate> {
    const gate = new Gate(port);
    gate.#server.on('connection', (client) => gate.#join(client));
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As when a cable is pulled: nobody is told, and whoever connects meets silence. */
  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** What was open stays dead; what connects from now on gets through. */
  reopen(): void {
    this.#isShut = false;
    this.#cut();
  }

  async close(): Promise<void> {
    this.#cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    this.#keep(client);
    if (this.#isShut) return;
    const server = connect(this.port, '127.0.0.1');
    this.#keep(server);
    client.pipe(server).pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // A close follows, and ends the other half.
    socket.on('error', () => {});
  }
}
