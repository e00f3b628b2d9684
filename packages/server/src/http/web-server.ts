import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import type { Duplex } from 'node:stream';
import { REFUSALS } from '@tidegauge/protocol';
import type { Log } from '../log.ts';
import { type Answer, refusalAnswer } from './answer.ts';
import { type AddressSource, addressKey } from './client-address.ts';
import {
  BACKLOG,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  STILL_TIMEOUT_MS,
  TAKING_BYTES_PER_MS,
  TAKING_MS,
} from './limits.ts';
import { refuse } from './refuse-stream.ts';
import { RequestForwarder } from './request-forwarder.ts';
import type { Router } from './router.ts';
import { COMMON_HEADERS } from './security-headers.ts';
import type { Upgrades } from './upgrades.ts';
import type { WaitingConnections } from './waiting-connections.ts';

export interface WebServerOptions {
  readonly log: Log;
  /** Makes the answers, or passes the requests on to the process that does. */
  readonly router: Router | RequestForwarder;
  /** Null where there are no WebSockets. */
  readonly upgrades: Upgrades | null;
  readonly addresses: AddressSource;
  readonly waiting: WaitingConnections;
  /** How long a client may take to send its request; a slow one is cut off. */
  readonly headersTimeoutMs?: number;
  /** How long a plain HTTP connection may stand still, such as one that does not read. */
  readonly stillTimeoutMs?: number;
  /** How long a client may take for an answer of that many bytes; a slower one is cut off. */
  readonly takingMaxMs?: (bytes: number) => number;
}

/** How long a client may take for an answer of that many bytes. What is not taken is held. */
export function takingMaxMs(bytes: number): number {
  return TAKING_MS + bytes / TAKING_BYTES_PER_MS;
}

/** The listening server: requests go to the router, WebSockets through the gate to the hub. */
export class WebServer {
  readonly #options: WebServerOptions;
  readonly #server: Server;

  constructor(options: WebServerOptions) {
    this.#options = options;
    const headersTimeout = options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS;
    this.#server = createServer({
      headersTimeout,
      requestTimeout: 2 * headersTimeout,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: headersTimeout / 5,
      // Other upgrades, such as to HTTP/2, may be ignored (RFC 9110, 7.8), and are. Those of
      // HTTP/1.0 must be.
      shouldUpgradeCallback: ({ headers, httpVersion }) =>
        options.upgrades !== null &&
        httpVersion === '1.1' &&
        headers.upgrade?.toLowerCase() === 'websocket',
    });
    this.#server.on('connection', (socket) => options.waiting.opened(socket));
    this.#server.on('request', (request, response) => this.#take(request, response));
    this.#server.on('upgrade', (request, stream, head) => {
      const isBehind = options.waiting.isAtWork(request.socket);
      options.waiting.left(request.socket);
      options.upgrades?.take(request, stream, head, isBehind);
    });
    this.#server.on('clientError', (error, stream) => refuseBadRequest(error, stream));
  }

  /**
   * Rejects with the system's error when the address cannot be listened on.
   * @param reusePort whether other processes may listen there as well
   */
  async listen(host: string, port: number, reusePort = false): Promise<AddressInfo> {
    await this.#listen({ host, port, reusePort, backlog: BACKLOG });
    return this.#server.address() as AddressInfo;
  }

  /** At a Unix socket. Rejects with the system's error when the path cannot be listened on. */
  listenLocally(path: string): Promise<void> {
    return this.#listen({ path });
  }

  /** Stops listening and cuts every plain HTTP connection; WebSockets belong to the hub. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(options: ListenOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(options, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { waiting, router, upgrades, stillTimeoutMs = STILL_TIMEOUT_MS } = this.#options;
    waiting.requestBegan(request.socket);
    // Not of the server: each of ten thousand WebSockets would keep a timer that it never uses.
    request.socket.setTimeout(stillTimeoutMs);
    response.once('close', () => waiting.requestEnded(request.socket));
    if (upgrades?.answersAt(request.url ?? '')) void this.#respond(upgrades, request, response);
    else if (router instanceof RequestForwarder) router.forward(request, response);
    else void this.#respond(router, request, response);
  }

  async #respond(
    responder: Router | Upgrades,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { method = '', url: target = '', headers } = request;
    const gone = new AbortController();
    // Comes after the whole answer as well, when there is nothing left to call off.
    response.once('close', () => gone.abort());
    const { signal } = gone;
    const { addresses, log } = this.#options;
    const client = addressKey(addresses.ofRequest(request));
    const address = addresses.certainlyOfRequest(request);
    let answer: Answer;
    try {
      answer = await responder.answer({ method, target, client, address, headers, signal });
    } catch (error) {
      const fields = { err: error, url: target };
      if (signal.aborted) {
        log.debug(fields, 'a request was given up by its client');
        return;
      }
      log.error(fields, 'a request failed');
      answer = refusalAnswer(REFUSALS.serverError);
    }
    if (signal.aborted) return;
    response.writeHead(answer.status, {
      ...COMMON_HEADERS,
      ...answer.headers,
      ...(answer.status === 304 || answer.status === 204
        ? {}
        : { 'content-length': answer.body.length }),
    });
    response.end(method === 'HEAD' ? undefined : answer.body);
    this.#cutWhenLate(request, answer.body.length, signal);
  }

  /** Ends a connection whose client does not take the whole answer in time. */
  #cutWhenLate({ url, socket }: IncomingMessage, bytes: number, signal: AbortSignal): void {
    const { log, takingMaxMs: maxMs = takingMaxMs } = this.#options;
    const cut = (): void => {
      log.debug({ url, bytes }, 'an answer was not taken in time');
      socket.destroy();
    };
    const timer = setTimeout(cut, maxMs(bytes));
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }
}

function refuseBadRequest(error: Error, stream: Duplex): void {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNRESET' || !stream.writable) {
    stream.destroy();
    return;
  }
  const words =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'the request did not arrive in time'
      : 'this is no valid HTTP/1.1 request';
  refuse(stream, refusalAnswer(REFUSALS.invalidParameter, words));
}
