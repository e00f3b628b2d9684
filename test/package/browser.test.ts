/** The installed client in Chromium, on pages of another origin than the server's. */
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium, textIs, watchedPage } from '../e2e/browser.ts';
import { type RealServer, startServer } from '../e2e/real-server.ts';
import { type Project, projectWithClient } from './installed-client.ts';
import { type PageServer, servePages } from './page-server.ts';

const WITHIN_MS = 60_000;

/** What a page shows, and how it was let go of once its title says so. */
const SCRIPT = `
const tide = connect(location.hash.slice(1));
const show = (id, text) => { document.getElementById(id).textContent = text; };
tide.price(({ priceUsd, isLive, demo }) => {
  if (priceUsd !== null) show('price', priceUsd + (isLive ? ' live' : ' old') + (demo ? ' DEMO' : ''));
});
tide.heatmap(['BTCUSDT'], ({ symbol, levels }) => show('map', symbol + ' ' + levels.length));
tide.on('status', ({ state }) => show('status', state));
document.getElementById('close').onclick = () => tide.close();
`;
const BODY = `<!doctype html><meta charset="utf-8"><title>A page</title>
<p id="price"></p><p id="map"></p><p id="status"></p><button id="close">Close</button>`;

describe.skipIf(!hasChromium())('the installed client in Chromium', () => {
  let project: Project;
  let pages: PageServer;
  let server: RealServer;
  let browser: Browser;

  beforeAll(async () => {
    project = await projectWithClient();
    pages = await servePages(path.join(project.directory, 'pages'));
    [browser, server] = await Promise.all([
      launchChromium(),
      startServer(0, { ALLOWED_ORIGINS: pages.origin }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.end('SIGKILL');
    await pages?.close();
    project?.remove();
  });

  it('runs out of a bundle', { timeout: WITHIN_MS }, async () => {
    const script = `import { connect } from '@tidegauge/client';\n${SCRIPT}`;
    project.write('app/main.js', script);
    project.write('app/index.html', `${BODY}<script type="module" src="./main.js"></script>`);
    await build({
      base: './',
      configFile: false,
      logLevel: 'error',
      root: path.join(project.directory, 'app'),
      build: { outDir: path.join(project.directory, 'pages', 'bundled') },
    });
    await showsAndCloses('bundled/index.html');
  });

  it('runs out of a bare script tag', { timeout: WITHIN_MS }, async () => {
    const script = `import { connect } from './tidegauge.min.js';\n${SCRIPT}`;
    project.write('pages/bare/index.html', `${BODY}<script type="module">${script}</script>`);
    const minified = path.join(project.clientDir, 'tidegauge.min.js');
    copyFileSync(minified, path.join(project.directory, 'pages', 'bare', 'tidegauge.min.js'));
    await showsAndCloses('bare/index.html');
  });

  async function showsAndCloses(name: string): Promise<void> {
    const { page, complaints } = await watchedPage(browser);
    const streams: string[] = [];
    let open = 0;
    page.on('websocket', (socket) => {
      streams.push(new URL(socket.url()).pathname);
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    await page.goto(`${pages.origin}/${name}#${server.url.replace('http', 'ws')}`);
    await textIs(page, '#price', /^\d+(\.\d+)? live DEMO$/);
    await textIs(page, '#map', /^BTCUSDT \d+$/);
    await textIs(page, '#status', /^live$/);
    expect(streams.toSorted()).toEqual(['/ws/heatmap', '/ws/mempool']);
    expect(open).toBe(2);
    await page.click('#close');
    await textIs(page, '#status', /^closed$/);
    await expect.poll(() => open).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }
});
