import { XPublisher } from 'zeromq';
import type { Frame } from '../../../src/sources/source.ts';

export function counterBytes(counter: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(counter);
  return bytes;
}

/**
 * A node's publisher. XPUB is PUB that also tells who subscribed, which a test can wait for
 * instead of sleeping past the slow joiner.
 */
export class TestPublisher {
  readonly endpoint: string;
  readonly #socket: XPublisher;
  readonly #next: Record<Frame['topic'], number> = { rawtx: 0, rawblock: 0 };
  readonly #subscribed: string[] = [];
  #waiters: (() => void)[] = [];

  static async bind(endpoint = 'tcp://127.0.0.1:*'): Promise<TestPublisher> {
    for (let attempt = 0; ; attempt++) {
      const socket = new XPublisher({ linger: 0, sendHighWaterMark: 0, sendTimeout: 0 });
      try {
        // Tells each subscription, also that of a reader who comes back.
        socket.verbosity = 'allSubs';
        await socket.bind(endpoint);
        return new TestPublisher(socket);
      } catch (error) {
        // The port is free only once libzmq's own thread has closed the last socket on it.
        socket.close();
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt > 500) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  private constructor(socket: XPublisher) {
    this.#socket = socket;
    this.endpoint = socket.lastEndpoint!;
    void this.#readSubscriptions();
  }

  /** Waits until this topic was subscribed to so many times in all. */
  async subscribed(topic: Frame['topic'] = 'rawtx', times = 1): Promise<void> {
    while (this.#subscribed.filter((each) => each === topic).length < times) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Sends with the topic's own counter, as a node does, or with the counter given. */
  async send(topic: Frame['topic'], body: Uint8Array, counter = this.#next[topic]): Promise<void> {
    this.#next[topic] = (counter + 1) >>> 0;
    await this.sendParts([topic, body, counterBytes(counter)]);
  }

  async sendParts(parts: (string | Uint8Array)[]): Promise<void> {
    await this.#socket.send(parts);
  }

  close(): void {
    this.#socket.close();
  }

  async #readSubscriptions(): Promise<void> {
    try {
      for (;;) {
        const [message] = await this.#socket.receive();
        if (message![0] === 1) this.#subscribed.push(message!.toString('latin1', 1));
        for (const look of this.#waiters.splice(0)) look();
      }
    } catch (error) {
      if (!this.#socket.closed) throw error;
    }
  }
}
