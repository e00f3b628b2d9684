/** A page of another origin with the built client on it, steered by a test. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { importScript, ROOT } from '../package/installed-client.ts';
import { type PageServer, servePages } from '../package/page-server.ts';

/**
 * What the page can be told to do. A `Mark` stands in everything that a program gives to a client:
 * as long as one is found in the heap, something still holds a handler.
 */
const SCRIPT = `
import { connect } from './index.js';
class Mark { constructor(name) { this.name = name; } }
const said = [];
let tide = null;
const states = {
  live: ({ state }) => state === 'live',
  connecting: ({ state }) => state === 'connecting',
  waiting: ({ retryAtMs }) => retryAtMs !== null,
};
function open(url, symbols) {
  const mark = new Mark('handlers');
  const client = connect(url, { token: () => (mark.name === '' ? '' : null) });
  client.price((update) => { mark.update = update; });
  if (symbols.length > 0) client.heatmap(symbols, (update) => { mark.map = update; });
  client.on('error', () => mark.name);
  return [client, mark];
}
/** Closes clients, one after the other, each once it is in the state. */
window.leave = async (url, name, rounds) => {
  for (let round = 0; round < rounds; round++) {
    const [client, mark] = open(url, ['BTCUSDT']);
    await new Promise((resolve) => {
      const look = (status) => states[name](status) && (name !== 'live' || mark.update) && resolve();
      client.on('status', look);
      client.price(() => look(client.status));
    });
    client.close();
    client.close();
  }
};
window.watch = (url, symbols) => {
  [tide] = open(url, symbols);
  tide.on('status', ({ state, offline, retryAtMs, failures }) => {
    said.push({ state, offline, retryAtMs, failures, online: navigator.onLine, atMs: Date.now() });
  });
  tide.price((update) => { window.latest = update; });
};
window.said = said;
window.finish = () => {
  tide.close();
  tide = null;
  // An update that is held on to knows its client: it is asked how old it is.
  window.latest = null;
};
window.ready = true;
`;

export interface ClientPages extends PageServer {
  readonly url: string;
}

export async function serveClient(): Promise<ClientPages> {
  const { buildClient } = (await importScript('build-client.mjs')) as {
    readonly buildClient: (nodePath: string) => Promise<void>;
  };
  await buildClient(process.execPath);
  const directory = mkdtempSync(path.join(tmpdir(), 'tidegauge-'));
  const built = path.join(ROOT, 'packages', 'client', 'dist', 'index.js');
  copyFileSync(built, path.join(directory, 'index.js'));
  const page = `<!doctype html><meta charset="utf-8"><title>A client</title><script type="module">${SCRIPT}</script>`;
  writeFileSync(path.join(directory, 'index.html'), page);
  const pages = await servePages(directory);
  return {
    ...pages,
    url: `${pages.origin}/index.html`,
    close: async () => {
      await pages.close();
      rmSync(directory, { recursive: true });
    },
  };
}
