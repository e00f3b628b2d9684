import { expect, test } from 'vitest';
import { Hub } from '../../src/hub/hub.ts';
import { CLOSE_TIMEOUT_MS } from '../../src/hub/limits.ts';
import { MempoolEndpoint } from '../../src/hub/mempool-endpoint.ts';
import {
  FakeClock,
  FakeLog,
  FakeSocket,
  hubParts,
  NOTHING_PUBLISHED,
  SOMEBODY,
} from '../hub-fakes.ts';

/** A connection that ends without a word, as after an error in one of its own listeners. */
class DumbSocket extends FakeSocket {
  override terminate(): void {
    this.terminated = true;
  }
}

test('a drain ends also when a connection never says that it is gone', async () => {
  const clock = new FakeClock();
  const log = new FakeLog();
  const parts = hubParts(clock, log);
  const hub = new Hub(parts);
  const endpoint = new MempoolEndpoint({
    states: NOTHING_PUBLISHED,
    hello: () => '{}',
    broadcaster: parts.sendQueue,
  });
  const socket = new DumbSocket();
  hub.start();
  hub.join(socket, SOMEBODY, endpoint);
  const drained = hub.drain(0, () => 0);
  clock.advance(2 * CLOSE_TIMEOUT_MS);
  await drained;
  expect(socket.terminated).toBe(true);
  expect(log.lines.map(({ fields }) => fields.event)).toContain('drain_cut');
  hub.stop();
  expect(clock.timers).toBe(0);
});
