/** A hub with /ws/mempool on fake ports, and a feed that is steered by the test. */
import type { Channel } from '@tidegauge/protocol';
import { Hub } from '../../src/hub/hub.ts';
import { MempoolChannels } from '../../src/hub/mempool-channels.ts';
import { MempoolEndpoint } from '../../src/hub/mempool-endpoint.ts';
import { FakeClock, FakeFeed, FakeLog, FakeSocket, hubParts, SOMEBODY } from '../hub-fakes.ts';

/** Has published once. */
export class MempoolBench {
  readonly clock: FakeClock = new FakeClock();
  readonly log: FakeLog = new FakeLog();
  readonly feed: FakeFeed = new FakeFeed();
  readonly channels: MempoolChannels;
  readonly mempool: MempoolEndpoint;
  readonly hub: Hub;

  constructor() {
    const { clock, log, feed } = this;
    feed.add(5);
    this.channels = new MempoolChannels({ feed, demo: false, epoch: 'k3x9', intervalMs: 500 });
    const parts = hubParts(clock, log);
    this.hub = new Hub(parts);
    this.mempool = new MempoolEndpoint({
      states: this.channels,
      hello: () => '{"type":"hello"}',
      broadcaster: parts.sendQueue,
    });
    this.hub.start();
    this.tick();
  }

  tick(): void {
    this.feed.add(1);
    this.mempool.publish(this.channels.tick(this.clock.nowSec(), 1, false));
  }

  join(wantsHello = false): FakeSocket {
    const socket = new FakeSocket();
    this.hub.join(socket, { ...SOMEBODY, wantsHello }, this.mempool);
    return socket;
  }

  /** A client of these channels only, with what it got so far taken away. */
  subscriber(...names: Channel[]): FakeSocket {
    const socket = this.join();
    socket.receive({ subscribe: names });
    socket.take();
    return socket;
  }
}
