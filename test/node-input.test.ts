import { describe, expect, it } from 'vitest';
import { Publisher } from 'zeromq';
import { readMempool, sharedDataIsThere } from '../packages/onchain/test/shared-data.ts';
import { PricePipeline } from '../packages/server/src/pipelines/price-pipeline.ts';
import { BufferedSource } from '../packages/server/src/sources/buffered-source.ts';
import { ZmqSource } from '../packages/server/src/sources/zmq-source.ts';
import { Recorder } from '../packages/server/test/sources/support/recorder.ts';
import { counterBytes } from '../packages/server/test/sources/support/test-publisher.ts';

/** What a node lets wait for a reader at most, by default. */
const NODE_QUEUE = 1000;

describe.skipIf(!sharedDataIsThere)('a node with the mempool of 14 March 2024', () => {
  it('is read whole, and gives a price of that day', async () => {
    const bodies = readMempool();
    const node = new Publisher({ linger: 0, sendHighWaterMark: NODE_QUEUE });
    await node.bind('tcp://127.0.0.1:*');
    const pipeline = new PricePipeline();
    const heard = new Recorder();
    const source = new BufferedSource(
      new ZmqSource({ txEndpoint: node.lastEndpoint, blockEndpoint: null }),
    );
    await source.start({
      onStatus: (status) => heard.onStatus(status),
      onFrame: (frame) => {
        pipeline.acceptFrame(frame);
        heard.onFrame(frame);
      },
    });

    let counter = 0;
    const publish = (body: Uint8Array): Promise<void> =>
      node.send(['rawtx', body, counterBytes(counter++)]);
    // A publisher does not know when its reader has joined: the first one is sent till it is heard.
    while (heard.frames.length === 0) {
      await publish(bodies[0]!);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const joinedAt = heard.frames[0]!.counter;
    for (const [index, body] of bodies.entries()) {
      await publish(body);
      if (index % (NODE_QUEUE / 2) === 0) await heard.untilFrames(counter - joinedAt);
    }
    await heard.untilFrames(counter - joinedAt);

    expect(source.status()).toMatchObject({
      state: 'connected',
      frames: counter - joinedAt,
      missed: 0,
      dropped: 0,
      malformed: 0,
      detail: null,
    });
    expect(pipeline.stats().received).toBe(8131);
    const malformed = Object.values(pipeline.counters().malformedTransactions);
    expect(malformed.reduce((sum, count) => sum + count, 0)).toBe(0);
    const estimate = pipeline.estimate(heard.frames.at(-1)!.timeSec);
    expect(estimate.status).toBe('live');
    expect(estimate.priceUsd).toBeGreaterThan(68_555);
    expect(estimate.priceUsd).toBeLessThan(73_777);

    await source.stop();
    node.close();
  });
});
