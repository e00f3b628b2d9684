import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { Publisher, Push } from 'zeromq';
import { BufferedSource } from '../../src/sources/buffered-source.ts';
import { FrameQueue } from '../../src/sources/frame-queue.ts';
import { ZmqSource, type ZmqSourceOptions } from '../../src/sources/zmq-source.ts';
import { FakeClock } from './support/fake-clock.ts';
import { Recorder } from './support/recorder.ts';
import { StallingProxy } from './support/stalling-proxy.ts';
import { counterBytes, TestPublisher } from './support/test-publisher.ts';

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function publisher(endpoint?: string): Promise<TestPublisher> {
  const bound = await TestPublisher.bind(endpoint);
  cleanups.push(() => bound.close());
  return bound;
}

async function started(
  options: Partial<ZmqSourceOptions>,
): Promise<{ source: ZmqSource; heard: Recorder }> {
  const source = new ZmqSource({ txEndpoint: null, blockEndpoint: null, ...options });
  const heard = new Recorder();
  cleanups.push(() => source.stop());
  await source.start(heard);
  return { source, heard };
}

/** A port that nothing listens on. */
async function freeEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `tcp://127.0.0.1:${port}`;
}

const body = Buffer.from('0102030405', 'hex');

describe('zmq source', () => {
  it('receives 3-part messages of both topics from one endpoint', async () => {
    const node = await publisher();
    const clock = new FakeClock(1000);
    const { source, heard } = await started({
      txEndpoint: node.endpoint,
      blockEndpoint: node.endpoint,
      clock,
    });
    await Promise.all([node.subscribed('rawtx'), node.subscribed('rawblock')]);
    const large = Buffer.alloc(3_999_999, 9);
    await node.send('rawtx', body, 41);
    await node.send('rawblock', large, 7);
    await node.send('rawtx', body);
    await heard.untilFrames(3);
    expect(heard.frames[0]).toEqual({ topic: 'rawtx', body, counter: 41, timeSec: 1000 });
    expect(heard.frames[1]!.body.length).toBe(large.length);
    expect(heard.counters('rawtx')).toEqual([41, 42]);
    expect(heard.counters('rawblock')).toEqual([7]);
    expect(source.status()).toEqual({
      name: 'zmq',
      state: 'connected',
      sinceSec: 1000,
      lastFrameSec: 1000,
      frames: 3,
      missed: 0,
      dropped: 0,
      malformed: 0,
      detail: null,
    });
    expect(source.demo).toBe(false);
  });

  it('receives over two endpoints and over ipc', async () => {
    const txNode = await publisher(`ipc:///tmp/tidegauge-test-${process.pid}.sock`);
    const blockNode = await publisher();
    const { heard } = await started({
      txEndpoint: txNode.endpoint,
      blockEndpoint: blockNode.endpoint,
    });
    await Promise.all([txNode.subscribed('rawtx'), blockNode.subscribed('rawblock')]);
    await txNode.send('rawtx', body);
    await blockNode.send('rawblock', body);
    await heard.untilFrames(2);
    await heard.untilState('connected');
  });

  it('is connected only once messages come', async () => {
    const node = await publisher();
    const { source, heard } = await started({ txEndpoint: node.endpoint });
    await heard.until('the line up', () => source.status().detail?.includes('waiting') === true);
    expect(source.status()).toMatchObject({ state: 'connecting', lastFrameSec: null });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
  });

  it('needs no block to be connected when it reads blocks alone', async () => {
    const node = await publisher();
    const { heard } = await started({ blockEndpoint: node.endpoint });
    await heard.untilState('connected');
    expect(heard.frames).toEqual([]);
  });

  it('counts gaps by topic, past 2^32 as well', async () => {
    const node = await publisher();
    const { source, heard } = await started({
      txEndpoint: node.endpoint,
      blockEndpoint: node.endpoint,
    });
    await Promise.all([node.subscribed('rawtx'), node.subscribed('rawblock')]);
    for (const counter of [0xfffffffd, 0xffffffff, 0, 2, 3]) {
      await node.send('rawtx', body, counter);
    }
    for (const counter of [5, 6, 10]) await node.send('rawblock', body, counter);
    await heard.untilFrames(8);
    expect(source.status().missed).toBe(2 + 3);
  });

  it('counts and skips what is malformed, and stays up', async () => {
    const node = await publisher();
    const { source, heard } = await started({ txEndpoint: node.endpoint });
    await node.subscribed();
    await node.send('rawtx', body, 0);
    const malformed: (string | Uint8Array)[][] = [
      ['rawtx'],
      ['rawtx', body],
      ['rawtx', body, counterBytes(1), body],
      ['rawtx', body, Buffer.alloc(3)],
      ['rawtx-but-not-quite', body, counterBytes(1)],
      ['rawtx', Buffer.alloc(0), counterBytes(1)],
      ['rawtx', Buffer.alloc(4 * 1024 * 1024 + 1), counterBytes(2)],
    ];
    for (const parts of malformed) await node.sendParts(parts);
    await node.send('rawtx', body, 3);
    await heard.untilFrames(2);
    expect(source.status()).toMatchObject({
      state: 'connected',
      frames: 2,
      malformed: malformed.length,
      missed: 0,
    });
  });

  it('says what to check when nothing is there, and connects once there is', async () => {
    const endpoint = await freeEndpoint();
    const { source, heard } = await started({ txEndpoint: endpoint, blockEndpoint: endpoint });
    await heard.untilState('lost', 5000);
    expect(source.status().detail).toBe(
      `nothing answers at ${endpoint}; trying again each second. Check that the node runs and ` +
        `that its bitcoin.conf has zmqpubrawtx=${endpoint} and zmqpubrawblock=${endpoint}`,
    );
    const node = await publisher(endpoint);
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected', 5000);
  });

  it('notices that the node went, and is back within 5 s of its return', async () => {
    const first = await publisher();
    const { source, heard } = await started({ txEndpoint: first.endpoint });
    await first.subscribed();
    for (let i = 0; i < 3; i++) await first.send('rawtx', body);
    await heard.untilFrames(3);
    first.close();
    await heard.untilState('lost', 5000);
    expect(source.status().detail).toContain(first.endpoint);

    const again = await publisher(first.endpoint);
    const back = heard.untilState('connected', 5000);
    await again.subscribed();
    await again.send('rawtx', body);
    await back;
    expect(heard.counters()).toEqual([0, 1, 2, 0]);
    expect(source.status().missed).toBe(0);
  });

  it('knows within 5 s of a cut without a word, and comes back by itself', async () => {
    const node = await publisher();
    const proxy = await StallingProxy.before(node.endpoint);
    cleanups.push(() => proxy.close());
    const { source, heard } = await started({ txEndpoint: proxy.endpoint });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
    proxy.stall();
    await heard.untilState('lost', 5000);
    expect(source.status().detail).toMatch(/^the line to tcp:.* broke; trying again/);
    await node.subscribed('rawtx', 2);
    await node.send('rawtx', body, 5);
    await heard.untilState('connected', 5000);
    expect(source.status().missed).toBe(4);
  });

  it('says so when the port is not that of a publisher', async () => {
    const http = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(http, 'listening');
    cleanups.push(() => {
      http.close();
      http.closeAllConnections();
    });
    const endpoint = `tcp://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const { source, heard } = await started({ txEndpoint: endpoint });
    await heard.untilState('lost', 5000);
    expect(source.status().detail).toMatch(/is no ZMQ publisher \(is it the port for RPC/);
    expect(source.status().detail).toContain(`zmqpubrawtx=${endpoint}`);
  });

  it('tries again where libzmq gives up: a socket of another kind', async () => {
    const push = new Push({ linger: 0 });
    await push.bind('tcp://127.0.0.1:*');
    const endpoint = push.lastEndpoint!;
    const { source, heard } = await started({ txEndpoint: endpoint });
    await heard.untilState('lost', 5000);
    expect(source.status().detail).toContain('is no ZMQ publisher');
    push.close();
    const node = await publisher(endpoint);
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected', 5000);
  });

  it('breaks the line at a message too large to hold, and comes back', async () => {
    const node = await publisher();
    const { heard } = await started({ txEndpoint: node.endpoint });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
    await node.send('rawtx', Buffer.alloc(9 * 1024 * 1024));
    await heard.untilState('lost', 5000);
    await node.subscribed('rawtx', 2);
    await node.send('rawtx', body);
    await heard.untilState('connected', 5000);
  });

  it('takes silence for a loss, builds the socket anew, and is back with the first message', async () => {
    const node = await publisher();
    const clock = new FakeClock();
    const { source, heard } = await started({
      txEndpoint: node.endpoint,
      silenceSecMax: { rawtx: 20 },
      clock,
    });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
    clock.advance(19_000);
    expect(source.status().state).toBe('connected');
    await node.send('rawtx', body);
    await heard.untilFrames(2);
    clock.advance(19_000);
    expect(source.status().state).toBe('connected');
    clock.advance(1000);
    expect(source.status()).toMatchObject({ state: 'lost', sinceSec: clock.nowSec() });
    expect(source.status().detail).toBe(
      `${node.endpoint} is up, but no rawtx message came for 20 s. Check that the node is in sync ` +
        'and has peers, and that its bitcoin.conf has zmqpubrawtx for this address',
    );
    await node.subscribed('rawtx', 2);
    expect(source.status().state).toBe('lost');
    await node.send('rawtx', body);
    await heard.untilState('connected');
    expect(source.status()).toMatchObject({ missed: 0, detail: null, frames: 3 });
  });

  it('stays connected while only the line of blocks is down, and says what to check', async () => {
    const node = await publisher();
    const blockEndpoint = await freeEndpoint();
    const { source, heard } = await started({ txEndpoint: node.endpoint, blockEndpoint });
    await node.subscribed();
    await node.send('rawtx', body);
    const told =
      `nothing answers at ${blockEndpoint}; trying again each second. Check that the node runs ` +
      `and that its bitcoin.conf has zmqpubrawblock=${blockEndpoint}`;
    await heard.until('the block line down', () => source.status().detail === told, 5000);
    await heard.untilState('connected');
    expect(source.status()).toMatchObject({ state: 'connected', detail: told });
    const blocks = await publisher(blockEndpoint);
    await blocks.subscribed('rawblock');
    await heard.until('the block line up', () => source.status().detail === null, 5000);
    blocks.close();
    await heard.until('the block line broken', () => source.status().detail !== null, 5000);
    expect(source.status().state).toBe('connected');
    expect(source.status().detail).toContain(`the line to ${blockEndpoint} broke`);
  });

  it('is lost without transactions however well blocks come', async () => {
    const node = await publisher();
    const blocks = await publisher();
    const { source, heard } = await started({
      txEndpoint: node.endpoint,
      blockEndpoint: blocks.endpoint,
    });
    await Promise.all([node.subscribed(), blocks.subscribed('rawblock')]);
    await node.send('rawtx', body);
    await heard.untilState('connected');
    node.close();
    await heard.untilState('lost', 5000);
    await blocks.send('rawblock', body);
    await heard.untilFrames(2);
    expect(source.status().state).toBe('lost');
    expect(source.status().detail).toContain(node.endpoint);
  });

  it('waits for transactions and tells of the line of blocks in one', async () => {
    const node = await publisher();
    const blockEndpoint = await freeEndpoint();
    const { source, heard } = await started({ txEndpoint: node.endpoint, blockEndpoint });
    await heard.until(
      'both told',
      () => /waiting for the first rawtx.*nothing answers/.test(source.status().detail ?? ''),
      5000,
    );
    expect(source.status().state).toBe('connecting');
  });

  it('is not fooled by blocks when transactions are what is missing', async () => {
    const node = await publisher();
    const clock = new FakeClock();
    const { source, heard } = await started({
      txEndpoint: node.endpoint,
      blockEndpoint: node.endpoint,
      clock,
    });
    await Promise.all([node.subscribed('rawtx'), node.subscribed('rawblock')]);
    await heard.until('the line up', () => source.status().detail?.includes('waiting') === true);
    clock.advance(29_000);
    await node.send('rawblock', body);
    await heard.untilFrames(1);
    expect(source.status().state).toBe('connecting');
    clock.advance(1000);
    expect(source.status().state).toBe('lost');
  });

  it('does not take its own sleep for the silence of the node', async () => {
    const node = await publisher();
    const clock = new FakeClock();
    const { source, heard } = await started({ txEndpoint: node.endpoint, clock });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
    clock.jump(8 * 3600);
    clock.advance(1000);
    expect(source.status().state).toBe('connected');
  });

  it('survives the slow joiner: a plain PUB that sends before anyone listens', async () => {
    const pub = new Publisher({ linger: 0, sendTimeout: 0 });
    cleanups.push(() => pub.close());
    await pub.bind('tcp://127.0.0.1:*');
    let sent = 0;
    const send = (): Promise<void> => pub.send(['rawtx', body, counterBytes(sent++)]);
    for (let i = 0; i < 100; i++) await send();
    const { source, heard } = await started({ txEndpoint: pub.lastEndpoint! });
    while (heard.frames.length === 0) {
      await send();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const joinedAt = heard.frames[0]!.counter;
    expect(joinedAt).toBeGreaterThanOrEqual(100);
    await heard.untilFrames(sent - joinedAt);
    expect(source.status()).toMatchObject({ missed: 0, state: 'connected' });
  });

  it('loses nothing of a burst while the process stands still', async () => {
    const messages = 20_000;
    const done = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL('./support/burst-publisher.ts', import.meta.url), {
      workerData: { messages, bodyBytes: 2000, done },
    });
    cleanups.push(async () => {
      await worker.terminate();
    });
    const [endpoint] = (await once(worker, 'message')) as [string];
    const { source, heard } = await started({ txEndpoint: endpoint });
    await once(worker, 'message');
    worker.postMessage('go');
    Atomics.wait(done, 0, 0, 20_000);
    expect(heard.frames.length).toBe(0);
    await heard.untilFrames(messages);
    expect(source.status()).toMatchObject({ frames: messages, missed: 0, malformed: 0 });
    expect(heard.frames.at(-1)!.counter).toBe(messages - 1);
    worker.postMessage('close');
  });

  it('keeps a bounded buffer when the consumer cannot follow: the oldest go, counted', async () => {
    const node = await publisher();
    const source = new BufferedSource(
      new ZmqSource({ txEndpoint: node.endpoint, blockEndpoint: null }),
      { queue: new FrameQueue({ framesMax: 100, bytesMax: 1_000_000 }), sliceMs: 0 },
    );
    const heard = new Recorder();
    cleanups.push(() => source.stop());
    await source.start(heard);
    await node.subscribed();
    const messages = 5000;
    for (let i = 0; i < messages; i++) await node.send('rawtx', body);
    await heard.until('the last one', () => heard.frames.at(-1)?.counter === messages - 1);
    const status = source.status();
    expect(status.frames).toBe(messages);
    expect(status.dropped).toBeGreaterThan(0);
    expect(heard.frames.length + status.dropped).toBe(messages);
    const counters = heard.counters();
    expect(counters).toEqual([...counters].sort((a, b) => a - b));
  });

  it('says what to do when the native package is missing', async () => {
    const load = (): Promise<never> =>
      Promise.reject(new Error("Cannot find package 'zeromq'\nat"));
    const { source, heard } = await started({ txEndpoint: 'tcp://127.0.0.1:28332', load });
    expect(heard.statuses.map((status) => status.state)).toEqual(['lost']);
    expect(source.status().detail).toMatch(
      /cannot be loaded on this machine \(Cannot find package 'zeromq'\)\. Install it with: npm/,
    );
    await source.stop();
  });

  it('refuses an endpoint that is none', () => {
    expect(() => new ZmqSource({ txEndpoint: 'tcp://x', blockEndpoint: null })).toThrow(
      "'tcp://x' is no ZMQ endpoint",
    );
    expect(() => new ZmqSource({ txEndpoint: null, blockEndpoint: null })).toThrow('needs an');
  });

  it('stops at any moment, twice, and says nothing afterwards', async () => {
    const node = await publisher();
    const { source, heard } = await started({ txEndpoint: node.endpoint });
    await node.subscribed();
    await node.send('rawtx', body);
    await heard.untilState('connected');
    const before = [heard.frames.length, heard.statuses.length];
    await Promise.all([source.stop(), source.stop()]);
    await node.send('rawtx', body);
    node.close();
    await source.stop();
    expect([heard.frames.length, heard.statuses.length]).toEqual(before);
    await expect(source.start(heard)).rejects.toThrow('starts once');

    const unstarted = new ZmqSource({ txEndpoint: node.endpoint, blockEndpoint: null });
    await unstarted.stop();
  });

  it('leaves nothing open: a process that stopped its source ends by itself', async () => {
    const node = await publisher();
    const script = fileURLToPath(new URL('./support/start-and-stop.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      node.endpoint,
      await freeEndpoint(),
    ]);
    expect(stdout.trim()).toBe('stopped');
  });
});
