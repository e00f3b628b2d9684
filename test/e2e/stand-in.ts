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
import { OriginPolicy } from '../../packages/server/src/http/origin-policy.ts';
import { pagePolicy } from '../../packages/server/src/http/security-headers.ts';
import { PAGE_DIR } from './page-files.ts';
import { nowSec } from './samples.ts';
import {
  type ClientMessage,
  HeatmapStandIn,
  type HeatmapStandInOptions,
  pong,
  type RestAnswer,
} from './stand-in-heatmap.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface StandInOptions {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /**
   * What a client is sent, in order, as soon as it subscribed for the first time; `hello` of it
   * at once and only where that was asked for.
   */
  readonly greeting?: () => readonly unknown[];
  readonly health?: () => unknown;
  /** What is told to those who ask over HTTP; without it the greeting. */
  readonly polled?: (asked: URLSearchParams) => readonly unknown[];
  /** The points that are told of the price's past; without it none. */
  readonly past?: (asked: URLSearchParams) => readonly unknown[];
  readonly heatmap?: HeatmapStandInOptions;
  /** Where the built page is, if it is not the one of these sources. */
  readonly pageDir?: string;
  /** Whose pages may embed a chart, beside its own. */
  readonly allowedOrigins?: readonly string[];
}

export class StandIn {
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #heatmapSockets: WebSocketServer;
  readonly heatmap: HeatmapStandIn;
  /** Parsed messages of all clients of the price, in the order they came. */
  readonly received: unknown[] = [];
  connections = 0;
  /** The subprotocols that each of them offered. */
  readonly offered: string[] = [];
  /** False: WebSockets are cut before they open, as by something in between. */
  takesWebSockets = true;
  /** The same of the heatmap's clients. */
  readonly heatmapReceived: unknown[] = [];
  heatmapConnections = 0;

  private constructor(http: Server, options: StandInOptions) {
    this.#http = http;
    this.#sockets = socketsWithoutServer();
    this.#heatmapSockets = socketsWithoutServer();
    this.heatmap = new HeatmapStandIn(options.heatmap ?? {});
    this.#sockets.on('connection', (socket, request: IncomingMessage) => {
      this.offered.push(request.headers['sec-websocket-protocol'] ?? '');
      this.#greet(socket, asksForHello(request), options);
    });
    this.#heatmapSockets.on('connection', (socket, request: IncomingMessage) => {
      this.#greetHeatmap(socket, asksForHello(request));
    });
    http.on('upgrade', (request, socket, head) => {
      if (!this.takesWebSockets) {
        socket.destroy();
        return;
      }
      const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
      const sockets = pathname === '/ws/heatmap' ? this.#heatmapSockets : this.#sockets;
      sockets.handleUpgrade(request, socket, head, (client) => {
        sockets.emit('connection', client, request);
      });
    });
    http.on(
      'request',
      (request, response) => void answer(request, response, options, this.heatmap),
    );
  }

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const http = createServer();
    const standIn = new StandIn(http, options);
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

  /** Says the same to all clients of the heatmap. */
  sayHeatmap(...messages: readonly unknown[]): void {
    for (const socket of this.#heatmapSockets.clients) sayTo(socket, messages);
  }

  closeAll(code: number, reason: string): void {
    for (const socket of this.#sockets.clients) socket.close(code, reason);
  }

  closeHeatmap(code: number, reason: string): void {
    for (const socket of this.#heatmapSockets.clients) socket.close(code, reason);
  }

  /** Ends at once, as a process that was killed; ending again is harmless. */
  async stop(): Promise<void> {
    if (!this.#http.listening) return;
    for (const sockets of [this.#sockets, this.#heatmapSockets]) {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    }
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  #greet(socket: WebSocket, isHelloWanted: boolean, options: StandInOptions): void {
    this.connections += 1;
    const greeting = options.greeting?.() ?? [];
    let greeted = false;
    if (isHelloWanted) sayTo(socket, greeting.filter(isHello));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data as Buffer)) as ClientMessage;
      this.received.push(message);
      if (message.type === 'ping') sayTo(socket, [pong(message)]);
      if (message.subscribe === undefined || greeted) return;
      greeted = true;
      sayTo(
        socket,
        greeting.filter((each) => !isHello(each)),
      );
    });
  }

  #greetHeatmap(socket: WebSocket, isHelloWanted: boolean): void {
    this.heatmapConnections += 1;
    if (isHelloWanted) sayTo(socket, [this.heatmap.hello()]);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data as Buffer)) as object;
      this.heatmapReceived.push(message);
      sayTo(socket, this.heatmap.reply(message));
    });
  }
}

function socketsWithoutServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('tidegauge.v1') ? 'tidegauge.v1' : false),
  });
}

function asksForHello({ url, headers }: IncomingMessage): boolean {
  const { searchParams } = new URL(url ?? '/', 'http://stand-in');
  const offered = headers['sec-websocket-protocol']?.split(/, */) ?? [];
  return searchParams.get('hello') === 'yes' || offered.includes('tidegauge.v1');
}

function isHello(message: unknown): boolean {
  return (message as { readonly type?: unknown }).type === 'hello';
}

function sayTo(socket: WebSocket, messages: readonly unknown[]): void {
  for (const message of messages) {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}

/** Null for a path that is none of the price's. */
function mempoolAnswer(
  { pathname, searchParams }: URL,
  options: StandInOptions,
): RestAnswer | null {
  if (pathname.startsWith('/ws/')) {
    return {
      status: 426,
      body: { error: { code: 'UPGRADE_REQUIRED', message: 'WebSocket only' } },
    };
  }
  if (pathname === '/api/v1/price/history') {
    return { status: 200, body: { points: options.past?.(searchParams) ?? [] } };
  }
  if (pathname !== '/api/v1/mempool') return null;
  const messages = options.polled?.(searchParams) ?? options.greeting?.() ?? [];
  const body = { epoch: 'e1', time: nowSec(), update_interval_ms: 500, messages };
  return { status: 200, body };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: StandInOptions,
  heatmap: HeatmapStandIn,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const name = url.pathname;
  const rest = mempoolAnswer(url, options) ?? heatmap.answer(url);
  if (rest) {
    response.writeHead(rest.status, { 'content-type': 'application/json', ...rest.headers });
    response.end(JSON.stringify(rest.body));
    return;
  }
  if (name === '/health' && options.health) {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(options.health()));
    return;
  }
  const file = path.join(
    options.pageDir ?? PAGE_DIR,
    path.normalize(name === '/' ? '/index.html' : name),
  );
  try {
    const body = await readFile(file);
    const origins = new OriginPolicy(options.allowedOrigins ?? []);
    const policy = pagePolicy(url, request.headers.host, origins);
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
