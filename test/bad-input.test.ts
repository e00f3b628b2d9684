/**
 * Wrong input to the real process: a clear message, and it stays up where it can. What one part
 * alone does with it stands in the tests of that part.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeTx, plainInput, plainTx, txidOf } from '../packages/onchain/test/encode-tx.ts';
import { Client } from '../packages/server/test/http-harness.ts';
import { counterBytes } from '../packages/server/test/sources/support/test-publisher.ts';
import { CoreNode } from './core-node.ts';
import { RealProcess, type SourceReport } from './real-process.ts';

function payment(number: number): Uint8Array {
  return encodeTx(plainTx({ inputs: [plainInput({ prevTxid: txidOf(number) })] }));
}

async function startNode(): Promise<CoreNode> {
  const node = await CoreNode.start();
  onTestFinished(() => node.close());
  return node;
}

/** An endpoint at which a program of another kind answers, or none once it was closed. */
async function otherProgram(): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { endpoint: `tcp://127.0.0.1:${port}`, close: () => server.close() };
}

const COMMANDS = 'serve, ingest, backtest, replay, load, config';

describe('called wrongly: what was given, what is allowed, exit code 2', () => {
  const whole = (given: string) =>
    `--port: '${given}' is not allowed: allowed is a whole number from 0 to 65535`;

  it.each([
    [['--port=65536'], whole('65536')],
    [['serve', '--port', '-1'], whole('-1')],
    [['serve', '--port=80.5'], whole('80.5')],
    [['serve', '--port=8000x'], whole('8000x')],
    [['serve', '--port='], whole('')],
    [['serve', '--port'], '--port: its value is missing: allowed is a whole number from 0 to'],
    [['serve', '8000'], "'8000' is not understood: only flags stand here"],
    [['config', '--mempool-update-interval-ms=50'], "'50' is not allowed: allowed is a whole num"],
    [['config', '--prot=1'], '--prot: there is no such flag; did you mean --port?'],
    [['replay', '--fast'], 'unknown option --fast: replay takes files and --help'],
    [['replay'], 'no file given: tidegauge replay FILE...'],
    [['backtest', '--klines=x.csv'], '--open-interest'],
    [['ingest'], 'no file given'],
    [['ingest', '--fast'], '--fast'],
    [['relpay', 'x.raw'], `there is no command 'relpay'; allowed: ${COMMANDS}. Did you mean repl`],
    [['confg'], 'Did you mean config?'],
    [['Serve'], 'Did you mean serve?'],
    [['dance'], `there is no command 'dance'; allowed: ${COMMANDS}.\n`],
  ])('%j', async (args, message) => {
    const { code, stderr } = await new RealProcess(args).ended;
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
  });

  it('a wrong value in the environment is named by its variable', async () => {
    const { code, stderr } = await new RealProcess(['serve'], { PORT: 'eighty' }).ended;
    expect(stderr).toContain("PORT: 'eighty' is not allowed: allowed is a whole number");
    expect(code).toBe(2);
  });
});

describe('a variable that nearly has a known name', () => {
  const env = { PORT: '0', WS_MAX_CONECTIONS: '5', BITCOIN_ZMQTX: 'tcp://127.0.0.1:1' };
  const doubts = [
    'WS_MAX_CONECTIONS is set but unknown; did you mean WS_MAX_CONNECTIONS?',
    'BITCOIN_ZMQTX is set but unknown; did you mean BITCOIN_ZMQ_TX?',
  ];

  it('is doubted in the log of a server, which runs all the same', async () => {
    const server = new RealProcess([], env);
    await server.url();
    const said = server.log.map(({ msg }) => msg);
    expect(said).toEqual(expect.arrayContaining(doubts));
    expect((await server.health()).demo).toBe(true);
    expect(await server.end('SIGTERM')).toEqual({ code: 0, stderr: '' });
  });

  it('is doubted beside the settings that config prints', async () => {
    const config = new RealProcess(['config'], env);
    const { code, stderr } = await config.ended;
    expect(code).toBe(0);
    for (const doubt of doubts) expect(stderr).toContain(doubt);
    expect(config.printed.join('\n')).toMatch(/^PORT=0 /m);
  });
});

describe('a node that cannot be read from: up, degraded, and what to check', () => {
  it.each([
    ['a name that nobody has', 'tcp://no-such-host.invalid:28332', 'nothing answers at'],
    ['a socket file that is not there', 'ipc:///no-such-directory/rawtx.sock', 'nothing answers'],
  ])('%s', async (_, endpoint, problem) => {
    await expectDegraded(['--bitcoin-zmq-tx', endpoint], endpoint, problem);
  });

  it('a port at which nobody listens', async () => {
    const { endpoint, close } = await otherProgram();
    close();
    await expectDegraded(['--bitcoin-zmq-tx', endpoint], endpoint, 'nothing answers at');
  });

  it('a port of another program, such as the one for RPC', async () => {
    const { endpoint } = await otherProgram();
    await expectDegraded(['--bitcoin-zmq-tx', endpoint], endpoint, 'is no ZMQ publisher');
  });

  it('blocks that cannot be read beside transactions that can', async () => {
    const node = await startNode();
    const { endpoint, close } = await otherProgram();
    close();
    const flags = ['--bitcoin-zmq-tx', node.endpoint, '--bitcoin-zmq-block', endpoint];
    const server = new RealProcess(['serve', '--port', '0', ...flags]);
    const isTold = ({ detail }: SourceReport): boolean =>
      detail?.includes(`nothing answers at ${endpoint}`) === true;
    for (let number = 1; (await server.health()).mempool_received_txs === 0; number++) {
      await node.publish(payment(number));
    }
    const health = await server.healthOnce(({ sources }) => isTold(sources.zmq!));
    expect(health).toMatchObject({ status: 'degraded', sources: { zmq: { state: 'connected' } } });
    await server.logged(({ event }) => event === 'source_degraded');
    expect(server.log.filter(({ event }) => event === 'source_lost')).toEqual([]);
  });
});

async function expectDegraded(
  flags: readonly string[],
  endpoint: string,
  problem: string,
): Promise<RealProcess> {
  const server = new RealProcess(['serve', '--port', '0', ...flags]);
  const health = await server.healthOnce(({ sources }) => sources.zmq!.state === 'lost');
  expect(health).toMatchObject({ status: 'degraded', demo: false, price_status: 'warming_up' });
  const { detail } = health.sources.zmq!;
  expect(detail).toContain(problem);
  expect(detail).toContain(endpoint);
  expect(detail).toContain('bitcoin.conf');
  expect(await server.logged(({ event }) => event === 'source_lost')).toMatchObject({
    detail: expect.stringContaining(endpoint),
  });
  // A client is served as ever; there is just no price.
  const client = await new Client(await server.streamUrl()).opened();
  expect(await client.nextOf('price_update')).toMatchObject({ price: null, status: 'warming_up' });
  client.socket.close();
  await client.closed;
  return server;
}

describe('a node that sends what it should not', () => {
  it('is counted and left out; what is good beside it counts', { timeout: 60_000 }, async () => {
    const node = await startNode();
    const server = new RealProcess(['serve', '--port=0', `--bitcoin-zmq-tx=${node.endpoint}`]);
    while ((await server.health()).sources.zmq!.frames === 0) await node.publish(payment(1));
    const count = 100;
    for (let i = 0; i < count; i++) {
      // No frames of Core's: parts too few or too many, a short counter, a body that is empty.
      await node.publishParts(['rawtx']);
      await node.publishParts(['rawtx', payment(i)]);
      await node.publishParts(['rawtx', payment(i), counterBytes(node.sent), 'more']);
      await node.publishParts(['rawtx', payment(i), Buffer.from('x')]);
      await node.publish(new Uint8Array(0));
      // Frames of Core's that hold no transaction.
      await node.publish(payment(i).subarray(0, -1));
      await node.publish(new Uint8Array(5000).fill(0xff));
      await node.publish(Buffer.from('{"price":1}'));
      await node.publish(payment(1000 + i));
    }
    const health = await server.healthOnce(
      ({ mempool_received_txs: received }) => received >= 1 + count,
    );
    expect(health).toMatchObject({
      status: 'ok',
      mempool_received_txs: 1 + count,
      sources: { zmq: { state: 'connected', malformed: 5 * count, missed: 0, dropped: 0 } },
    });
    expect(await server.end('SIGTERM')).toEqual({ code: 0, stderr: '' });
  });
});
