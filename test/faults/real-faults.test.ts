/** SDK clients with the runtime's own sockets behind fault proxies, before a real server. */
import { expect, test } from 'vitest';
import { checkHistory } from './history-checker.ts';
import { runRealWorld } from './real-world.ts';

const SHORT = { durationMs: 20_000, faultMsMax: 4_000, calmMsMax: 2_500, restartsMs: [4_000] };

test.each([1])('20 s of faults in real time, seed %i', { timeout: 60_000 }, async (seed) => {
  const { history, figures } = await runRealWorld({ ...SHORT, seed });
  const words = checkHistory(history).map(
    ({ kind, to, channel, words }) => `${kind}: ${to}, ${channel}: ${words}`,
  );
  expect(words).toEqual([]);
  // A run that never meets these has shown less than it seems to.
  expect(figures.questions).toBeGreaterThan(0);
  expect(figures.sockets).toBeGreaterThan(10);
  expect(figures.updates.websocket).toBeGreaterThan(100);
});
