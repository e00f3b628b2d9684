import { NodeWebSocket } from '../src/node-socket.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A NodeWebSocket that writes down what it hears. */
export class HeardSocket {
  readonly socket: NodeWebSocket;
  readonly messages: unknown[] = [];
  /** Names of the events that are no messages, in their order. */
  readonly events: ('open' | 'error' | 'close')[] = [];
  readonly closed: Promise<Closed>;
  #waiting: (() => void)[] = [];

  constructor(url: string, protocols: string[] = []) {
    this.socket = new NodeWebSocket(url, protocols);
    this.socket.onmessage = ({ data }) => {
      this.messages.push(data);
      this.#wake();
    };
    this.socket.onopen = () => this.#heard('open');
    this.socket.onerror = () => this.#heard('error');
    this.closed = new Promise((resolve) => {
      this.socket.onclose = (event) => {
        this.#heard('close');
        resolve(event);
      };
    });
  }

  async opened(): Promise<this> {
    await this.#until(() => this.events.includes('open'));
    return this;
  }

  /** All messages, once there are so many. */
  async received(count: number): Promise<unknown[]> {
    await this.#until(() => this.messages.length >= count);
    return this.messages;
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.events.includes('close')) throw new Error('closed before that');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #heard(event: 'open' | 'error' | 'close'): void {
    this.events.push(event);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
