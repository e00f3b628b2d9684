/** Clients of a server that restarts come back as it told them to: not at once. */
import { expect, onTestFinished, test } from 'vitest';
import { PublicationLog } from './publication-log.ts';
import { PublishingServer } from './publishing-server.ts';
import { ReturningClients, spreadOf } from './returning-clients.ts';

const CLIENTS = 200;
/** With so many each has a moment of its own within the 5 s that hints are spread over at least. */
const DRAIN_MS = 3_000;
const SPREAD_SHARE_MIN = 0.8;

test('200 clients are spread over the time that they were told', { timeout: 60_000 }, async () => {
  const log = new PublicationLog(() => performance.now());
  const first = await PublishingServer.start({ port: 0, epoch: 'run-1', seed: 1, log });
  const { port } = first;
  const clients = await ReturningClients.connect(`ws://127.0.0.1:${port}`, CLIENTS);
  onTestFinished(() => clients.close());
  const returning = clients.returned();
  await first.stop(DRAIN_MS);
  const second = await PublishingServer.start({ port, epoch: 'run-2', seed: 2, log });
  onTestFinished(() => second.stop(0));
  const returns = await returning;
  expect(returns.every(({ hintMs }) => hintMs !== null)).toBe(true);
  const { hintedMs, arrivalsMs, tenths } = spreadOf(returns);
  expect(arrivalsMs / hintedMs).toBeGreaterThanOrEqual(SPREAD_SHARE_MIN);
  expect(tenths).toBeGreaterThanOrEqual(10 * SPREAD_SHARE_MIN);
});
