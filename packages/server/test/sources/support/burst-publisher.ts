/**
 * Worker: publishes a burst with a queue of the size that nodes are advised to set, while the
 * thread that reads is made to stand still.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { XPublisher } from 'zeromq';

interface Burst {
  readonly messages: number;
  readonly bodyBytes: number;
  /** [0] becomes 1 once all are handed to libzmq. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

const { messages, bodyBytes, done } = workerData as Burst;
const socket = new XPublisher({ linger: -1, sendHighWaterMark: 5000, sendTimeout: 0 });
await socket.bind('tcp://127.0.0.1:*');
parentPort!.postMessage(socket.lastEndpoint);
await socket.receive();
parentPort!.postMessage('subscribed');
await new Promise((resolve) => parentPort!.once('message', resolve));

const body = Buffer.alloc(bodyBytes, 7);
const counter = Buffer.alloc(4);
const never = new Int32Array(new SharedArrayBuffer(4));
for (let i = 0; i < messages; i++) {
  counter.writeUInt32LE(i);
  await socket.send(['rawtx', body, Buffer.from(counter)]);
  // The pace of a node that validates as it goes; libzmq's queue must not be what overflows.
  if (i % 100 === 99) Atomics.wait(never, 0, 0, 1);
}
Atomics.store(done, 0, 1);
Atomics.notify(done, 0);
parentPort!.once('message', () => {
  socket.close();
  parentPort!.unref();
});
