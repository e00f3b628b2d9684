import { describe, expect, test } from 'vitest';
import { OutLine } from '../../src/workers/out-line.ts';
import { RemoteLog } from '../../src/workers/remote-log.ts';
import { RestartPause } from '../../src/workers/restart-pause.ts';

type Written = (error: Error | null) => void;

/** A line whose writes end when the test says so. */
function heldLine(): { line: OutLine<string>; writes: (readonly string[])[]; end: Written } {
  const writes: (readonly string[])[] = [];
  let written: Written = () => {};
  const line = new OutLine<string>((messages, callback) => {
    writes.push(messages);
    written = callback;
  });
  return { line, writes, end: (error) => written(error) };
}

describe('one direction of a line', () => {
  test('while a write is under way one message of each kind waits: the newest, in its place', () => {
    const { line, writes, end } = heldLine();
    line.offer('a', () => 'a1');
    line.offer('a', () => 'a2');
    line.offer('b', () => 'b1');
    line.offer('a', () => 'a3');
    expect(writes).toEqual([['a1']]);
    end(null);
    expect(writes).toEqual([['a1'], ['a3', 'b1']]);
    end(null);
    expect(writes).toHaveLength(2);
  });

  test('messages are made up when they leave; one that says nothing does not', () => {
    const { line, writes, end } = heldLine();
    let state = 1;
    line.offer('x', () => 'first');
    line.offer('state', () => String(state));
    line.offer('idle', () => null);
    state = 2;
    end(null);
    expect(writes).toEqual([['first'], ['2']]);
    line.offer('idle', () => null);
    line.offer('later', () => 'later');
    end(null);
    expect(writes.at(-1)).toEqual(['later']);
  });

  test('after a failure, and after its end, nothing is written and nothing kept', () => {
    const { line, writes, end } = heldLine();
    line.offer('a', () => 'a1');
    line.offer('a', () => 'a2');
    end(new Error('gone'));
    line.offer('b', () => 'b1');
    expect(writes).toEqual([['a1']]);
  });
});

describe('the log of a worker', () => {
  test('keeps to the level, and turns errors into what can be sent', () => {
    let calls = 0;
    const log = new RemoteLog({ level: 'info', onLine: () => calls++ });
    log.debug({}, 'not this');
    log.info({ event: 'ws_connect' }, 'client connected');
    log.error({ err: Object.assign(new Error('broken'), { code: 'EPIPE' }) }, 'failed');
    expect(calls).toBe(2);
    const [first, second] = log.take();
    expect(first).toMatchObject({ level: 'info', fields: { event: 'ws_connect' } });
    expect(second!.fields.err).toMatchObject({ type: 'Error', message: 'broken', code: 'EPIPE' });
    expect(log.take()).toEqual([]);
  });

  test('what is too much while nobody takes it is counted', () => {
    const log = new RemoteLog({ level: 'debug', onLine: () => {} });
    for (let i = 0; i < 10_003; i++) log.debug({ i }, 'line');
    const lines = log.take();
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { event: 'log_lost', lines: 3 } });
    expect(log.take()).toEqual([]);
  });

  test('silent is silent', () => {
    const log = new RemoteLog({ level: 'silent', onLine: () => {} });
    log.error({}, 'not even this');
    expect(log.take()).toEqual([]);
  });
});

test('what ends again and again is started more and more rarely; a minute of calm is forgiven', () => {
  const pause = new RestartPause();
  const pauses = Array.from({ length: 11 }, () => pause.after(0));
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  expect(pause.after(59_999)).toBe(30_000);
  expect(pause.after(60_000)).toBe(100);
  expect(pause.after(0)).toBe(200);
});
