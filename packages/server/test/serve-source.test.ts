import { expect, test } from 'vitest';
import { chooseSource } from '../src/inputs.ts';
import { testConfig } from './http-harness.ts';
import { FakeClock, FakeLog } from './hub-fakes.ts';

const clock = new FakeClock();

test('without a node it is the demo, and the log says how to connect one', () => {
  const log = new FakeLog();
  expect(chooseSource(testConfig(), log, clock)).toMatchObject({ demo: true, name: 'demo' });
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { demo: true } }]);
  expect(log.lines[0]!.message).toContain('BITCOIN_ZMQ_TX');
});

test.each([
  [{ bitcoinZmqTx: 'tcp://127.0.0.1:28332' }],
  [{ bitcoinZmqBlock: 'tcp://127.0.0.1:28333' }],
])('with any part of a node it is the node: %o', (settings) => {
  const log = new FakeLog();
  expect(chooseSource(testConfig(settings), log, clock)).toMatchObject({
    demo: false,
    name: 'zmq',
  });
  expect(JSON.stringify(log.lines)).not.toContain('DEMO');
});
