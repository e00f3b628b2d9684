/**
 * A stand-in for the server, for states that the real one reaches only by accident or after
 * hours: it serves the built page under the server's own content policy and says over the WebSocket
 * exactly what a test tells it to.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../../packages/server/src/http/security-headers.ts';
import { PAGE_DIR } from './page-files.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface StandInOptions {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** What a client is sent at once, in order, as soon as it subscribed for the first time. */
  readonly greeting?: () => readonly unknown[];
  readonly health?: () => unknown;
}

export class StandIn {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  /** Parsed messages of all clients, in the order they came. */
  readonly received: unknown[] = [];
  connections = 0;

  private constructor(http: Server, sockets: WebSocketServer) {
    this.#http = http;
    this.#sockets = sockets;
  }

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const http = createServer((request, response) => void answer(request, response, options));
    const sockets = new WebSocketServer({
      server: http,
      path: '/ws/mempool',
      handleProtocols: (offered) => (offered.has('tidegauge.v1') ? 'tidegauge.v1' : false),
    });
    const standIn = new StandIn(http, sockets);
    sockets.on('connection', (socket) => standIn.#greet(socket, options));
    http.listen(options.port ?? 0, '127.0.0.1');
    await once(http, 'listening');
    return standIn;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Says the same to all clients: a value as JSON, a string as it is. */
  say(...messages: readonly unknown[]): void {
    for (const socket of this.#sockets.clients) sayTo(socket, messages);
  }

  closeAll(code: number, reason: string): void {
    for (const socket of this.#sockets.clients) socket.close(code, reason);
  }

  /** Ends at once, as a process that was killed. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  #greet(socket: WebSocket, options: StandInOptions): void {
    this.connections += 1;
    let greeted = false;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data as Buffer)) as { subscribe?: unknown };
      this.received.push(message);
      if (message.subscribe === undefined || greeted) return;
      greeted = true;
      sayTo(socket, options.greeting?.() ?? []);
    });
  }
}

function sayTo(socket: WebSocket, messages: readonly unknown[]): void {
  for (const message of messages) {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: StandInOptions,
): Promise<void> {
  const name = new URL(request.url ?? '/', 'http://stand-in').pathname;
  if (name === '/health' && options.health) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(options.health()));
    return;
  }
  const file = path.join(PAGE_DIR, path.normalize(name === '/' ? '/index.html' : name));
  try {
    const body = await readFile(file);
    response.setHeader('content-security-policy', contentSecurityPolicy(request.headers.host));
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
