import type { ConnectOptions, Tidegauge } from './api.ts';
import { createClient } from './client.ts';
import { runtimePorts } from './runtime-ports.ts';

/**
 * Makes a client of one server. Nothing is opened before the first subscription.
 *
 * @param url of the server: `ws://`, `wss://`, `http://` or `https://`, with the path that it is
 *   served below, if any
 * @throws TypeError for what is no such address
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Tidegauge {
  const [, rest] = /^(?:ws|http)(s?:\/\/[^?#]+)/.exec(String(url)) ?? [];
  if (!rest) throw new TypeError(`'${url}' is not like ws://localhost:8000`);
  const httpBase = `http${rest.replace(/\/*$/, '/')}`;
  return createClient(httpBase, options, runtimePorts(httpBase, options));
}
