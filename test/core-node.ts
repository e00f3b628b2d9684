/** Publishes transactions as Bitcoin Core does: a PUB socket, three parts, a counter a topic. */
import { Publisher } from 'zeromq';
import { counterBytes } from '../packages/server/test/sources/support/test-publisher.ts';

/** `zmqpubrawtxhwm`: what the node lets wait for a reader, before it drops. */
export const NODE_QUEUE = 1000;

export class CoreNode {
  readonly endpoint: string;
  /** Messages of the topic sent so far: what the next one's counter says. */
  sent = 0;
  readonly #socket: Publisher;

  /** At the endpoint given, once whoever held it before has let go. */
  static async start(endpoint = 'tcp://127.0.0.1:*'): Promise<CoreNode> {
    for (;;) {
      const socket = new Publisher({ linger: 0, sendHighWaterMark: NODE_QUEUE });
      try {
        await socket.bind(endpoint);
        return new CoreNode(socket);
      } catch (error) {
        socket.close();
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private constructor(socket: Publisher) {
    this.#socket = socket;
    this.endpoint = socket.lastEndpoint!;
  }

  async publish(body: Uint8Array): Promise<void> {
    await this.publishParts(['rawtx', body, counterBytes(this.sent)]);
    this.sent += 1;
  }

  async publishParts(parts: (string | Uint8Array)[]): Promise<void> {
    await this.#socket.send(parts);
  }

  /** Gone, as when the node ends. */
  close(): void {
    this.#socket.close();
  }
}
