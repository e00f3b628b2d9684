import type { ConnectOptions, Tidegauge } from './api.ts';
import { createClient } from './client.ts';
import { runtimePorts } from './runtime-ports.ts';

/**
 * Makes a client of one server. Nothing is opened before the first subscription.
 *
 * @param url of the server: `ws://`, `wss://`, `http://` or `https://`, with the path that it is
 *   served below, if any
 * @throws TypeError for what is no such address, a token that can be none, and a runtime without
 *   WebSocket or fetch
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Tidegauge {
  const httpBase = httpBaseOf(url);
  return createClient(httpBase, options, runtimePorts(httpBase, options));
}

function httpBaseOf(url: string | URL): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !/^(ws|http)s?:$/.test(parsed.protocol)) {
    throw new TypeError(
      `'${String(url)}' is no address of a server; allowed: such as ws://localhost:8000`,
    );
  }
  const path = parsed.pathname.endsWith('/') ? parsed.pathname : `${parsed.pathname}/`;
  return `${parsed.protocol.replace('ws', 'http')}//${parsed.host}${path}`;
}
