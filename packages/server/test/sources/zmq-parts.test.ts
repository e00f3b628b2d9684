import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageCounter } from '../../src/sources/message-counter.ts';
import { isIpv6Endpoint, zmqEndpointProblem } from '../../src/sources/zmq-endpoint.ts';
import { BODY_BYTES_MAX, readMessage } from '../../src/sources/zmq-message.ts';
import { counterBytes } from './support/test-publisher.ts';

const rawtx = Buffer.from('rawtx');
const body = Buffer.from([1, 2, 3]);

describe('zmq message', () => {
  it('reads topic, body and counter', () => {
    expect(readMessage([rawtx, body, Buffer.from([0x78, 0x56, 0x34, 0xf2])], 12.5)).toEqual({
      topic: 'rawtx',
      body,
      counter: 0xf2345678,
      timeSec: 12.5,
    });
    const block = readMessage([Buffer.from('rawblock'), body, counterBytes(7)], 0);
    expect(block).toMatchObject({ topic: 'rawblock', counter: 7 });
  });

  it('does not copy the body', () => {
    const read = readMessage([rawtx, body, counterBytes(0)], 0);
    expect('body' in read && read.body).toBe(body);
  });

  it.each([
    ['parts', [rawtx]],
    ['parts', [rawtx, body]],
    ['parts', [rawtx, body, counterBytes(0), body]],
    ['parts', []],
    ['topic', [Buffer.from('hashtx'), body, counterBytes(0)]],
    ['topic', [Buffer.from('rawtxs'), body, counterBytes(0)]],
    ['topic', [Buffer.from('rawt'), body, counterBytes(0)]],
    ['topic', [Buffer.alloc(0), body, counterBytes(0)]],
    ['counter', [rawtx, body, Buffer.alloc(3)]],
    ['counter', [rawtx, body, Buffer.alloc(8)]],
    ['empty', [rawtx, Buffer.alloc(0), counterBytes(3)]],
    ['oversized', [rawtx, new Uint8Array(BODY_BYTES_MAX + 1), counterBytes(3)]],
  ])('names what is malformed: %s', (reason, parts) => {
    expect(readMessage(parts, 0)).toMatchObject({ malformed: reason });
  });

  it('takes the largest body there can be', () => {
    const parts = [rawtx, new Uint8Array(BODY_BYTES_MAX), counterBytes(3)];
    expect(readMessage(parts, 0)).toMatchObject({ topic: 'rawtx' });
  });

  it('keeps the counter of a malformed body, which did come', () => {
    const read = readMessage([rawtx, Buffer.alloc(0), counterBytes(3)], 0);
    expect(read).toEqual({ malformed: 'empty', topic: 'rawtx', counter: 3 });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 5 }), (parts) => {
        expect(readMessage(parts, 0)).toBeTypeOf('object');
      }),
    );
  });
});

describe('message counter', () => {
  const missedOf = (...counters: number[]): number[] => {
    const counter = new MessageCounter();
    return counters.map((each) => counter.observe(each));
  };

  it('starts anywhere and counts the gaps', () => {
    expect(missedOf(500, 501, 504, 505)).toEqual([0, 0, 2, 0]);
  });

  it('goes on past 2^32', () => {
    expect(missedOf(0xfffffffe, 0xffffffff, 0, 1)).toEqual([0, 0, 0, 0]);
    expect(missedOf(0xfffffffe, 2)).toEqual([0, 3]);
  });

  it('takes a step back to 0 for a restart, not for a gap', () => {
    expect(missedOf(1000, 0, 1, 2)).toEqual([0, 0, 0, 0]);
  });

  it('counts what a restarted publisher sent before it was heard', () => {
    expect(missedOf(1000, 3, 4)).toEqual([0, 3, 0]);
  });

  it('finds no loss in a repeated counter', () => {
    expect(missedOf(5, 5, 6, 6, 7)).toEqual([0, 0, 0, 0, 0]);
    expect(missedOf(0, 0, 1)).toEqual([0, 0, 0]);
  });

  it('counts exactly what was left out of a run, wherever the run starts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 50 }),
        (start, steps) => {
          const counter = new MessageCounter();
          let at = start;
          counter.observe(at);
          for (const step of steps) {
            at = (at + step) >>> 0;
            expect(counter.observe(at)).toBe(step - 1);
          }
        },
      ),
    );
  });
});

describe('zmq endpoint', () => {
  it.each([
    'tcp://127.0.0.1:28332',
    'tcp://localhost:1',
    'tcp://my-node.lan:65535',
    'tcp://umbrel_bitcoin_1:28332',
    'tcp://[::1]:28332',
    'tcp://[fe80::1%eth0]:28332',
    'ipc:///tmp/bitcoind.tx.raw',
    'ipc://rawtx.sock',
  ])('%s will do', (endpoint) => {
    expect(zmqEndpointProblem(endpoint)).toBeNull();
  });

  it.each([
    ['', /'' is no ZMQ endpoint: it is empty/],
    [' tcp://127.0.0.1:28332', /spaces around/],
    ['127.0.0.1:28332', /tcp:\/\/ or ipc:\/\/ is missing/],
    ['localhost:28332', /tcp:\/\/ or ipc:\/\/ is missing/],
    ['http://127.0.0.1:28332', /'http' cannot be read from/],
    ['unix:/tmp/tx.sock', /write ipc:\/\//],
    ['tcp://127.0.0.1', /not host:port/],
    ['tcp://127.0.0.1:', /not host:port/],
    ['tcp://:28332', /not host:port/],
    ['tcp://127.0.0.1:port', /not host:port/],
    ['tcp://127.0.0.1:28332/', /not host:port/],
    ['tcp://::1:28332', /IPv6 address stands in \[ \]/],
    ['tcp://127.0.0.1:0', /port 0 is out of range/],
    ['tcp://127.0.0.1:70000', /port 70000 is out of range/],
    ['tcp://*:28332', /name the node's host/],
    ['tcp://no_de!:28332', /'no_de!' is no host name/],
    ['tcp://a b:28332', /not host:port/],
    ['ipc://', /path is missing/],
    [`ipc:///${'x'.repeat(107)}`, /108 bytes, 107 is the most/],
  ])('%j is refused', (endpoint, why) => {
    expect(zmqEndpointProblem(endpoint)).toMatch(why);
    expect(zmqEndpointProblem(endpoint)).toContain('allowed are tcp://host:port');
  });

  it('knows an IPv6 address', () => {
    expect(isIpv6Endpoint('tcp://[::1]:28332')).toBe(true);
    expect(isIpv6Endpoint('tcp://localhost:28332')).toBe(false);
  });
});
