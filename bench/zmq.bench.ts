/**
 * The ZMQ listener: transactions from a publisher in another process, over TCP on loopback,
 * through line, checks, queue and pump to a consumer that only counts.
 *
 * Flat out against a bare zeromq loop in the same run, turn by turn; then at 10,000 transactions a
 * second, with the CPU that takes and what was lost. CPU is user and system of this process, with
 * libzmq's own thread.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Subscriber, XPublisher } from 'zeromq';
import { BufferedSource } from '../packages/server/src/sources/buffered-source.ts';
import { DemoChain } from '../packages/server/src/sources/demo/demo-chain.ts';
import type { SourceStatus } from '../packages/server/src/sources/source.ts';
import { ZmqSource } from '../packages/server/src/sources/zmq-source.ts';

const TXS_KEPT = 20_000;
const FLAT_OUT_COUNT = 200_000;
const REPEATS = 5;
const PACED_PER_SEC = 10_000;
const PACED_SEC = 10;
const BAR_PER_SEC = 10_000;
/** How far the publisher may run ahead of the reader, below the receiver's high-water mark. */
const AHEAD_MAX = 20_000;

interface Order {
  readonly count: number;
  /** Transactions a second; null: as fast as the reader takes them. */
  readonly perSec: number | null;
}

interface Figures {
  readonly perSec: number;
  readonly cpuUs: number;
  readonly status: SourceStatus | null;
}

if (process.argv[2] === 'publish') await publish();
else await measure();

async function publish(): Promise<void> {
  const bodies = makeBodies();
  const socket = new XPublisher({ linger: -1, sendHighWaterMark: 0, sendTimeout: 0 });
  socket.verbosity = 'allSubs';
  await socket.bind('tcp://127.0.0.1:*');
  let taken = 0;
  let onTaken: () => void = () => {};
  let order: Order | null = null;
  process.on('message', (message: Order | { readonly taken: number }) => {
    if ('taken' in message) {
      taken = message.taken;
      onTaken();
    } else {
      order = message;
      taken = 0;
      process.send!('ready');
    }
  });
  process.send!({ endpoint: socket.lastEndpoint, meanBytes: meanLength(bodies) });
  for (;;) {
    const [message] = await socket.receive();
    if (message![0] !== 1 || order === null) continue;
    await publishRun(socket, bodies, order, async (sent) => {
      while (sent - taken > AHEAD_MAX) {
        await new Promise<void>((resolve) => {
          onTaken = resolve;
        });
      }
    });
  }
}

async function publishRun(
  socket: XPublisher,
  bodies: readonly Uint8Array[],
  { count, perSec }: Order,
  waitForReader: (sent: number) => Promise<void>,
): Promise<void> {
  const startMs = performance.now();
  for (let i = 0; i < count; i++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(i);
    await socket.send(['rawtx', bodies[i % bodies.length]!, counter]);
    if (i % 100 !== 99) continue;
    if (perSec === null) await waitForReader(i);
    else await setTimeout(Math.max(0, startMs + (i / perSec) * 1000 - performance.now()));
  }
}

function makeBodies(): Uint8Array[] {
  const chain = new DemoChain({ seed: 1, startTimeSec: 1_767_225_600, rate: 5 });
  const bodies: Uint8Array[] = [];
  while (bodies.length < TXS_KEPT) {
    const frames = chain.step();
    if (frames.length === 1) bodies.push(frames[0]!.body);
  }
  return bodies;
}

function meanLength(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length;
}

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), ['publish']);
  const [{ endpoint, meanBytes }] = (await once(child, 'message')) as [
    { endpoint: string; meanBytes: number },
  ];
  const order = async (given: Order): Promise<void> => {
    const ready = once(child, 'message');
    child.send(given);
    await ready;
  };
  const tell = (taken: number): void => {
    if (taken % 1000 === 0) child.send({ taken });
  };
  const bare: Figures[] = [];
  const listener: Figures[] = [];
  for (let i = 0; i < REPEATS; i++) {
    await order({ count: FLAT_OUT_COUNT, perSec: null });
    bare.push(await readBare(endpoint, FLAT_OUT_COUNT, tell));
    await order({ count: FLAT_OUT_COUNT, perSec: null });
    listener.push(await readThroughSource(endpoint, FLAT_OUT_COUNT, tell));
  }
  await order({ count: PACED_PER_SEC * PACED_SEC, perSec: PACED_PER_SEC });
  const paced = await readThroughSource(endpoint, PACED_PER_SEC * PACED_SEC, () => {});
  child.kill();
  report(meanBytes, bare, listener, paced);
}

function report(
  meanBytes: number,
  bare: readonly Figures[],
  listener: readonly Figures[],
  paced: Figures,
): void {
  const rate = median(listener.map((each) => each.perSec));
  const cpuUs = median(listener.map((each) => each.cpuUs));
  const bareRate = median(bare.map((each) => each.perSec));
  const bareCpuUs = median(bare.map((each) => each.cpuUs));
  const { missed, dropped, malformed } = paced.status!;
  console.log(`transactions of ${meanBytes.toFixed(0)} bytes in the mean`);
  console.log(`bare zeromq loop  ${show(bareRate)} tx/s  ${bareCpuUs.toFixed(2)} us CPU each`);
  console.log(`listener          ${show(rate)} tx/s  ${cpuUs.toFixed(2)} us CPU each`);
  console.log(`listener / bare   ${(cpuUs / bareCpuUs).toFixed(2)} x CPU`);
  console.log(
    `at ${show(PACED_PER_SEC)} tx/s for ${PACED_SEC} s: received ${show(paced.perSec)} tx/s, ` +
      `${((paced.cpuUs * paced.perSec) / 1e4).toFixed(0)} % of a core; ` +
      `missed ${missed}, dropped ${dropped}, malformed ${malformed}`,
  );
  if (rate >= BAR_PER_SEC && missed + dropped + malformed === 0) return;
  console.error(`below the bar: ${BAR_PER_SEC} tx/s and none lost`);
  process.exitCode = 1;
}

async function readBare(
  endpoint: string,
  count: number,
  tell: (taken: number) => void,
): Promise<Figures> {
  const socket = new Subscriber({ linger: 0, receiveHighWaterMark: 50_000 });
  socket.subscribe('rawtx');
  socket.connect(endpoint);
  await socket.receive();
  const meter = startMeter(count);
  for (let taken = 2; taken <= count; taken++) {
    await socket.receive();
    tell(taken);
  }
  const figures = meter(null);
  socket.close();
  return figures;
}

async function readThroughSource(
  endpoint: string,
  count: number,
  tell: (taken: number) => void,
): Promise<Figures> {
  const source = new BufferedSource(new ZmqSource({ txEndpoint: endpoint, blockEndpoint: null }));
  let taken = 0;
  let meter: ReturnType<typeof startMeter> | null = null;
  await new Promise<void>((resolve, reject) => {
    const onFrame = (): void => {
      meter ??= startMeter(count);
      taken++;
      tell(taken);
      if (taken === count) resolve();
    };
    source.start({ onFrame, onStatus: () => {} }).catch(reject);
  });
  const figures = meter!(source.status());
  await source.stop();
  return figures;
}

function startMeter(count: number): (status: SourceStatus | null) => Figures {
  const startMs = performance.now();
  const startCpu = process.cpuUsage();
  return (status) => {
    const { user, system } = process.cpuUsage(startCpu);
    const perSec = (count / (performance.now() - startMs)) * 1000;
    return { perSec, cpuUs: (user + system) / count, status };
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function show(value: number): string {
  return Math.round(value).toLocaleString('en');
}
