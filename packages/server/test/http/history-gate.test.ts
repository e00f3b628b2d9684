import { describe, expect, test } from 'vitest';
import { jsonAnswer } from '../../src/http/answer.ts';
import { HistoryGate } from '../../src/http/history-gate.ts';
import { StoreError } from '../../src/store/store.ts';
import { FakeClock } from '../hub-fakes.ts';
import { never, Work } from './work.ts';

const LIMITS = { atOnce: 2, waitingMax: 2, deadlineMs: 10_000, heldBytesMax: 100 };
/** Lets everything happen that is due. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function works(count: number): Work[] {
  return Array.from({ length: count }, () => new Work());
}

describe('a gate', () => {
  test('lets two work at once and the others wait for their turn', async () => {
    const clock = new FakeClock();
    const gate = new HistoryGate(clock, LIMITS);
    const all = works(4);
    const answers = all.map((work) => gate.run(never, work.run));
    await settled();
    expect(all.map(({ begun }) => begun)).toEqual([true, true, false, false]);
    all[1]!.end('1');
    expect((await answers[1]!).body.toString()).toBe('1');
    await settled();
    expect(all.map(({ begun }) => begun)).toEqual([true, true, true, false]);
    for (const work of all) work.end();
    await settled();
    all[3]!.end();
    await Promise.all(answers);
    expect(clock.timers).toBe(0);
  });

  test('turns away whoever finds too many waiting', async () => {
    const gate = new HistoryGate(new FakeClock(), LIMITS);
    const all = works(4);
    const answers = all.map((work) => gate.run(never, work.run));
    await expect(gate.run(never, new Work().run)).rejects.toMatchObject({ kind: 'busy' });
    await settled();
    for (const work of all) {
      await settled();
      work.end();
    }
    await Promise.all(answers);
    const after = new Work();
    const answer = gate.run(never, after.run);
    await settled();
    after.end();
    expect((await answer).status).toBe(200);
  });

  test('ends what takes too long, be it at work or waiting', async () => {
    const clock = new FakeClock();
    const gate = new HistoryGate(clock, LIMITS);
    const all = works(3);
    const answers = all.map((work) => gate.run(never, work.run));
    const late = answers.map((answer) =>
      expect(answer).rejects.toMatchObject({
        kind: 'deadline',
        message: 'the history was not ready within 10 s; ask for a shorter time',
      }),
    );
    await settled();
    clock.advance(9_999);
    expect(all[0]!.signal!.aborted).toBe(false);
    clock.advance(1);
    await Promise.all(late);
    expect(all.map(({ begun }) => begun)).toEqual([true, true, false]);
    expect(clock.timers).toBe(0);
  });

  test('does not begin what nobody waits for any more', async () => {
    const gate = new HistoryGate(new FakeClock(), LIMITS);
    const all = works(3);
    const gone = new AbortController();
    const answers = all.slice(0, 2).map((work) => gate.run(never, work.run));
    const waiting = gate.run(gone.signal, all[2]!.run);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    for (const work of all) work.end();
    await Promise.all(answers);
    expect(all[2]!.begun).toBe(false);
    await expect(gate.run(gone.signal, all[2]!.run)).rejects.toThrow('gone');
  });

  test('a failed work makes room as well', async () => {
    const gate = new HistoryGate(new FakeClock(), { ...LIMITS, atOnce: 1 });
    const failing = () => Promise.reject(new StoreError('failed', 'no disk'));
    await expect(gate.run(never, failing)).rejects.toThrow('no disk');
    const work = new Work();
    const answer = gate.run(never, work.run);
    await settled();
    work.end();
    expect((await answer).status).toBe(200);
  });

  test('takes nothing new while too much is on its way to slow clients', async () => {
    const gate = new HistoryGate(new FakeClock(), LIMITS);
    const [slow, next] = [new AbortController(), new AbortController()];
    const long = () => Promise.resolve(jsonAnswer(200, 'x'.repeat(101)));
    await gate.run(slow.signal, long);
    await expect(gate.run(next.signal, long)).rejects.toMatchObject({ kind: 'busy' });
    slow.abort();
    expect((await gate.run(next.signal, long)).body.length).toBe(101);
  });

  test('nor whoever waited meanwhile', async () => {
    const gate = new HistoryGate(new FakeClock(), { ...LIMITS, atOnce: 1 });
    const slow = new AbortController();
    const [first, second, third] = [new Work(), new Work(), new Work()];
    const long = gate.run(slow.signal, first.run);
    const refused = expect(gate.run(never, second.run)).rejects.toMatchObject({ kind: 'busy' });
    await settled();
    first.end('x'.repeat(101));
    await Promise.all([long, refused]);
    expect(second.begun).toBe(false);
    slow.abort();
    const next = gate.run(never, third.run);
    await settled();
    third.end();
    expect((await next).status).toBe(200);
  });
});
