/** permessage-deflate with a real Chromium: what its WebSocket hands over is what was published. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PublishingServer } from '../../packages/server/test/http/publishing-server.ts';
import { LAST, listeners, tell } from '../../packages/server/test/http/told-stream.ts';
import { hasChromium, launchChromium } from './browser.ts';

const CLIENTS = 5;

describe.skipIf(!hasChromium())('a browser', () => {
  let browser: Browser;
  let server: PublishingServer;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  afterEach(() => server.stop());

  /** Opens so many connections in one page; resolves with all that came over each. */
  async function visit(count: number): Promise<() => Promise<string[][]>> {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    const gathered = page.evaluate(
      ([url, clients, last]) => {
        const all = Array.from({ length: clients }, (_, i) => {
          const socket = new WebSocket(url);
          const texts: string[] = [];
          return new Promise<{ texts: string[]; extensions: string }>((resolve, reject) => {
            socket.onopen = () => socket.send(`${i} says ${'x'.repeat(500)}`);
            socket.onclose = ({ code, reason }) => reject(new Error(`closed ${code} ${reason}`));
            socket.onmessage = ({ data }) => {
              texts.push(String(data));
              if (data === last) resolve({ texts, extensions: socket.extensions });
            };
          });
        });
        return Promise.all(all);
      },
      [server.url, count, LAST] as const,
    );
    return async () => {
      const each = await gathered;
      for (const { extensions } of each) {
        expect(extensions).toBe(
          'permessage-deflate; client_max_window_bits=10; client_no_context_takeover',
        );
      }
      await page.close();
      return each.map(({ texts }) => texts);
    };
  }

  it('inflates it all, with joiners, skips and private messages, and is heard as well', async () => {
    server = await PublishingServer.start();
    const gathered = await visit(CLIENTS);
    const opened = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => server.opened(i)));
    await server.until(() => opened.every(({ heard }) => heard.messages.length === 1));
    // By what each has said: they need not come in order.
    opened.sort(
      (a, b) =>
        Number.parseInt(a.heard.messages[0]!, 10) - Number.parseInt(b.heard.messages[0]!, 10),
    );
    const published = tell(listeners(opened.map(({ socket }) => socket)));
    const texts = await gathered();
    for (const [i, { heard }] of opened.entries()) {
      expect(heard.messages).toEqual([`${i} says ${'x'.repeat(500)}`]);
      expect(texts[i]!.length).toBe(published[i]!.length);
      expect(texts[i]!.every((text, j) => text === published[i]![j])).toBe(true);
    }
  });
});
