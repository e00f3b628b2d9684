import {
  Agent,
  type IncomingMessage,
  request as openRequest,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream';
import { REFUSALS } from '@tidegauge/protocol';
import type { Log } from '../log.ts';
import { refusalAnswer } from './answer.ts';
import type { AddressSource } from './client-address.ts';
import { FORWARDED_CLIENT_HEADERS, forwardedClient } from './forwarded-client.ts';
import { FORWARD_KEEP_ALIVE_MS } from './limits.ts';
import { COMMON_HEADERS } from './security-headers.ts';

/** Of one connection only, not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** `expect` has been answered by this process; who the client is it says itself. */
const NOT_PASSED_ON = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'expect',
  ...FORWARDED_CLIENT_HEADERS,
]);

export interface RequestForwarderOptions {
  /** The Unix socket of the process that answers. */
  readonly upstream: string;
  readonly addresses: AddressSource;
  readonly log: Log;
}

/**
 * Passes requests on to the process that answers them, and the answers back as they come: a client
 * that reads slowly is waited for there as if it were connected to it. Bodies of requests are not
 * passed on: no route takes one, and so no two can disagree on where one ends.
 */
export class RequestForwarder {
  readonly #options: RequestForwarderOptions;
  readonly #agent: Agent = new Agent({ keepAlive: true, timeout: FORWARD_KEEP_ALIVE_MS });

  constructor(options: RequestForwarderOptions) {
    this.#options = options;
  }

  forward(request: IncomingMessage, response: ServerResponse): void {
    const { upstream, addresses } = this.#options;
    const { method, url, headers, rawHeaders } = request;
    const upstreamRequest = openRequest({
      agent: this.#agent,
      socketPath: upstream,
      method,
      path: url,
      headers: [
        ...withoutHeaders(rawHeaders, NOT_PASSED_ON),
        ...forwardedClient(request, addresses),
        // HTTP/1.1 has to have one, if without a value (RFC 9112, 3.2); HTTP/1.0 need not.
        ...(headers.host === undefined ? ['host', ''] : []),
        'content-length',
        '0',
      ],
    });
    response.once('close', () => upstreamRequest.destroy());
    upstreamRequest.on('response', (answer) => this.#passBack(answer, response));
    upstreamRequest.on('error', (error) => this.#failed(error, request, response));
    upstreamRequest.end();
  }

  /** Ends the idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  #passBack(answer: IncomingMessage, response: ServerResponse): void {
    const headers = withoutHeaders(answer.rawHeaders, HOP_BY_HOP);
    // Said of a client whose request is not read to its end.
    if (answer.headers.connection === 'close') headers.push('connection', 'close');
    response.writeHead(answer.statusCode ?? 500, headers);
    pipeline(answer, response, (error) => {
      if (error) this.#options.log.debug({ err: error }, 'an answer was not taken to its end');
    });
  }

  /** Without the other process there are no answers; this one ends as well then. */
  #failed(error: Error, { url }: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) return;
    this.#options.log.debug({ err: error, url }, 'a request could not be passed on');
    const { status, headers, body } = refusalAnswer(REFUSALS.draining);
    response.writeHead(status, {
      ...COMMON_HEADERS,
      ...headers,
      connection: 'close',
      'content-length': body.length,
    });
    response.end(body);
  }
}

/** @param rawHeaders names and values by turns */
function withoutHeaders(rawHeaders: readonly string[], names: ReadonlySet<string>): string[] {
  return rawHeaders.filter(
    (_, index) => !names.has(rawHeaders[index - (index % 2)]!.toLowerCase()),
  );
}
