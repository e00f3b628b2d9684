import type { FetchAnswer, FetchInit } from '../../packages/client/src/api.ts';
import type { Clock } from '../../packages/server/src/clock.ts';
import type { Answer } from '../../packages/server/src/http/answer.ts';
import type { HttpRequest } from '../../packages/server/src/http/router.ts';
import { DIRECTIONS, type Direction } from './fault.ts';
import type { FaultLine, FaultNetwork } from './fault-network.ts';
import type { FaultPipe } from './fault-pipe.ts';
import { wholeCargo } from './memory-line.ts';

class Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve!: (value: Value) => void;
  reject!: (error: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

const REQUEST_BYTES = 300;
const HEAD_BYTES = 300;

export interface MemoryRequestOptions {
  readonly clock: Clock;
  readonly network: FaultNetwork;
  readonly url: string;
  readonly init: FetchInit;
  readonly answer: (request: HttpRequest) => Promise<Answer>;
}

/** One question over HTTP in memory: its head comes first, its body may be cut behind that. */
export class MemoryRequest implements FaultLine {
  readonly answered: Promise<FetchAnswer>;
  readonly pipes: Readonly<Record<Direction, FaultPipe>>;
  readonly #network: FaultNetwork;
  readonly #clock: Clock;
  /** Of the server: nobody waits any more. */
  readonly #gone: AbortController = new AbortController();
  readonly #head: Deferred<FetchAnswer> = new Deferred();
  readonly #body: Deferred<string> = new Deferred();

  constructor({ clock, network, url, init, answer }: MemoryRequestOptions) {
    this.#network = network;
    this.#clock = clock;
    this.pipes = { up: network.pipe('up'), down: network.pipe('down') };
    this.answered = this.#head.promise;
    // Whoever gives up at the head never asks for the body.
    this.#body.promise.catch(() => {});
    network.add(this);
    init.signal.addEventListener('abort', () => this.#end(), { once: true });
    if (network.conditions.refuses) {
      this.cut();
      return;
    }
    const request = requestOf(url, init, this.#gone.signal);
    this.pipes.up.put(wholeCargo(REQUEST_BYTES, () => void this.#take(answer(request))));
  }

  cut(): void {
    this.#clock.after(0, () => this.#end());
  }

  /** A client that says no more is answered no more, and the other way round. */
  halfClose(): void {
    this.cut();
  }

  async #take(answering: Promise<Answer>): Promise<void> {
    const answer = await answering.catch((error: unknown) => {
      // As the web server has it: what fails because nobody waits any more is no failure.
      if (this.#gone.signal.aborted) return null;
      throw error;
    });
    if (answer === null) return;
    const { status, headers, body } = answer;
    const { down } = this.pipes;
    down.put(
      wholeCargo(HEAD_BYTES, () => {
        this.#head.resolve({
          status,
          headers: { get: (name: string) => headers[name.toLowerCase()] ?? null },
          text: () => this.#body.promise,
        });
      }),
    );
    down.put(
      wholeCargo(body.length, () => {
        this.#body.resolve(body.toString());
        this.#end();
      }),
    );
  }

  /** What has been answered by now stays so. */
  #end(): void {
    for (const direction of DIRECTIONS) this.pipes[direction].destroy();
    this.#gone.abort();
    this.#network.remove(this);
    const failed = new TypeError('fetch failed');
    this.#head.reject(failed);
    this.#body.reject(failed);
  }
}

function requestOf(url: string, { headers }: FetchInit, signal: AbortSignal): HttpRequest {
  const { pathname, search, host } = new URL(url);
  return {
    method: 'GET',
    target: pathname + search,
    client: '203.0.113.7',
    address: '203.0.113.7',
    headers: { ...headers, host },
    signal,
  };
}
